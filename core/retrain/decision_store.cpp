// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/decision_store.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"

#include <cmath>
#include <utility>

namespace pilothouse::retrain {

namespace {

const std::vector<QString> &migrations() {
    static const std::vector<QString> list{QStringLiteral(
        "CREATE TABLE decisions(sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, model TEXT NOT NULL, decision TEXT NOT NULL, body TEXT NOT NULL);"
        "CREATE INDEX decisions_by_model ON decisions(model, sequence);"
        "CREATE TABLE models(model TEXT PRIMARY KEY, state TEXT NOT NULL);")};
    return list;
}

QJsonObject stateToJson(const ModelState &state) {
    using Q = QLatin1String;
    QJsonObject best;
    for (const auto &[name, value] : state.best)
        best.insert(name, value);
    return {{Q("last_retrain"), state.lastRetrain ? QJsonValue(isoUtc(*state.lastRetrain)) : QJsonValue()},
            {Q("last_data_hash"), state.lastDataHash ? QJsonValue(*state.lastDataHash) : QJsonValue()},
            {Q("failed_starts"), state.failedStarts}, {Q("best"), best}, {Q("config"), state.config.toJson()}};
}

Result<ModelState> stateFromJson(const QJsonObject &object, const QString &where) {
    using Q = QLatin1String;
    ModelState state;
    if (const QJsonValue v = object.value(Q("last_retrain")); v.isString())
        state.lastRetrain = fromIsoUtc(v.toString());
    if (const QJsonValue v = object.value(Q("last_data_hash")); v.isString())
        state.lastDataHash = v.toString();
    state.failedStarts = object.value(Q("failed_starts")).toInt();
    const QJsonObject best = object.value(Q("best")).toObject();
    for (auto it = best.begin(); it != best.end(); ++it)
        state.best[it.key()] = it.value().toDouble(std::nan(""));
    PH_ASSIGN(state.config, parseConfig(object.value(Q("config")).toObject(), where));
    return state;
}

QString compact(const QJsonObject &object) { return QString::fromUtf8(canonicalJson(object)); }

} // namespace

Result<std::shared_ptr<DecisionStore>> DecisionStore::open(const QString &root) {
    PH_TRY(makeFolder(root, true));
    PH_ASSIGN(auto database, Database::open(root + QStringLiteral("/decisions.db"), migrations()));
    return std::shared_ptr<DecisionStore>(new DecisionStore(std::move(database)));
}

Result<ModelState> DecisionStore::state(const QString &model) const {
    QByteArray body;
    PH_TRY(m_database->query(QStringLiteral("SELECT state FROM models WHERE model=?"), [&](Statement &s) { s.bind(1, model); },
                             [&](const Statement &s) { body = s.text(0).toUtf8(); }));
    if (body.isEmpty())
        return ModelState{};
    const QString where = QStringLiteral("%1, model %2").arg(m_database->path(), model);
    PH_ASSIGN(const QJsonObject object, parseJsonObject(body, where));
    return stateFromJson(object, where);
}

Result<void> DecisionStore::writeState(const QString &model, const ModelState &state) {
    const QString body = compact(stateToJson(state));
    auto done = m_database->execute(QStringLiteral("INSERT INTO models(model,state) VALUES(?,?) ON CONFLICT(model) DO UPDATE SET state=excluded.state"),
                                    [&](Statement &s) { s.bind(1, model).bind(2, body); });
    if (!done)
        return done.error();
    return {};
}

Result<std::vector<Decision>> DecisionStore::decisions(const QString &model, int limit) const {
    std::vector<QByteArray> bodies;
    PH_TRY(m_database->query(QStringLiteral("SELECT body FROM decisions WHERE ?1='' OR model=?1 ORDER BY sequence DESC LIMIT ?2"),
                             [&](Statement &s) { s.bind(1, model).bind(2, limit > 0 ? limit : -1); },
                             [&](const Statement &s) { bodies.push_back(s.text(0).toUtf8()); }));
    std::vector<Decision> list;
    for (const QByteArray &body : bodies) {
        PH_ASSIGN(const QJsonObject object, parseJsonObject(body, m_database->path()));
        PH_ASSIGN(Decision decision, Decision::fromJson(object, m_database->path()));
        list.push_back(std::move(decision));
    }
    return list;
}

Result<Decision> DecisionStore::decision(const QString &id) const {
    QByteArray body;
    PH_TRY(m_database->query(QStringLiteral("SELECT body FROM decisions WHERE id=?"), [&](Statement &s) { s.bind(1, id); },
                             [&](const Statement &s) { body = s.text(0).toUtf8(); }));
    if (body.isEmpty())
        return notFound(QStringLiteral("There is no decision %1.").arg(id), m_database->path());
    PH_ASSIGN(const QJsonObject object, parseJsonObject(body, m_database->path()));
    return Decision::fromJson(object, m_database->path());
}

Result<Decision> DecisionStore::append(Decision decision) {
    decision.id = QStringLiteral("d-") + randomHex(4);
    const QString body = compact(decision.toJson());
    auto done = m_database->execute(QStringLiteral("INSERT INTO decisions(id,model,decision,body) VALUES(?,?,?,?)"), [&](Statement &s) {
        s.bind(1, decision.id).bind(2, decision.model).bind(3, decisionName(decision.kind)).bind(4, body);
    });
    if (!done)
        return done.error();
    return decision;
}

Result<Decision> DecisionStore::appendSkipped(Decision decision) {
    if (decision.kind != DecisionKind::Skipped)
        return Error{ErrorKind::Internal, QStringLiteral("A retrain was to be written down as skipped."), decision.model, {}, {}};
    return append(std::move(decision));
}

Result<Decision> DecisionStore::appendRetrain(Decision decision, const std::optional<QDateTime> &expectedLast) {
    if (decision.kind != DecisionKind::RetrainAttempted)
        return Error{ErrorKind::Internal, QStringLiteral("A skipped decision was to be written down as a retrain."), decision.model, {}, {}};
    const auto done = m_database->transaction([&]() -> Result<void> {
        PH_ASSIGN(ModelState now, state(decision.model));
        if (now.lastRetrain != expectedLast)
            return Error{ErrorKind::Conflict, QStringLiteral("Another program started a retraining of %1 at %2.").arg(decision.model, now.lastRetrain ? isoUtc(*now.lastRetrain) : QString()),
                         m_database->path(), QStringLiteral("Look at it with: pilot pipelines runs."), {}};
        now.lastRetrain = decision.time;
        if (decision.dataHash)
            now.lastDataHash = decision.dataHash;
        PH_TRY(writeState(decision.model, now));
        PH_ASSIGN(decision, append(decision));
        return {};
    });
    if (!done)
        return done.error();
    return decision;
}

Result<void> DecisionStore::change(const QString &id, const std::function<void(Decision &)> &edit) {
    return m_database->transaction([&]() -> Result<void> {
        PH_ASSIGN(Decision d, decision(id));
        edit(d);
        const QString body = compact(d.toJson());
        auto done = m_database->execute(QStringLiteral("UPDATE decisions SET body=? WHERE id=?"), [&](Statement &s) { s.bind(1, body).bind(2, id); });
        if (!done)
            return done.error();
        return {};
    });
}

Result<void> DecisionStore::setRun(const QString &id, const QString &run) {
    QString model;
    PH_TRY(change(id, [&](Decision &d) {
        d.run = run;
        model = d.model;
    }));
    return countFailedStarts(model, [](int) { return 0; });
}
Result<void> DecisionStore::setNotStarted(const QString &id, const QString &why) {
    QString model;
    PH_TRY(change(id, [&](Decision &d) {
        d.notes << QStringLiteral("Could not start: %1").arg(why);
        model = d.model;
    }));
    return countFailedStarts(model, [](int before) { return before + 1; });
}

Result<void> DecisionStore::countFailedStarts(const QString &model, const std::function<int(int)> &count) {
    return m_database->transaction([&]() -> Result<void> {
        PH_ASSIGN(ModelState now, state(model));
        const int before = std::exchange(now.failedStarts, count(now.failedStarts));
        return now.failedStarts != before ? writeState(model, now) : Result<void>();
    });
}
Result<void> DecisionStore::setAfter(const QString &id, double after) {
    return change(id, [&](Decision &d) { d.after = after; });
}
Result<void> DecisionStore::addNote(const QString &id, const QString &note) {
    return change(id, [&](Decision &d) { d.notes << note; });
}

Result<void> DecisionStore::rememberBest(const QString &model, const std::map<QString, double> &metrics) {
    return m_database->transaction([&]() -> Result<void> {
        PH_ASSIGN(ModelState now, state(model));
        bool changed = false;
        for (const auto &[name, value] : metrics) {
            const auto it = now.best.find(name);
            const bool better = std::isfinite(value) && (it == now.best.end() || (workspace::largerIsBetter(name) ? value > it->second : value < it->second));
            if (better)
                now.best[name] = value;
            changed = changed || better;
        }
        return changed ? writeState(model, now) : Result<void>();
    });
}

Result<void> DecisionStore::writeConfig(const QString &model, const Config &config) {
    return m_database->transaction([&]() -> Result<void> {
        PH_ASSIGN(ModelState now, state(model));
        now.config = config;
        return writeState(model, now);
    });
}

} // namespace pilothouse::retrain
