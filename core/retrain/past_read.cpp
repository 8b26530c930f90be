// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/past_read.h"

#include "core/artifact/scorer.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/metrics/targets.h"
#include "core/serving/serving_store.h"

#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <set>

namespace pilothouse::retrain {

namespace {

QDateTime fromMs(qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC); }

double classOf(const artifact::Signature &signature, const QString &label) {
    const auto at = std::find(signature.classes.begin(), signature.classes.end(), label.toStdString());
    return at == signature.classes.end() ? std::nan("") : double(at - signature.classes.begin());
}

Result<void> labelsOf(const serving::ServingStore &store, const serving::Revision &revision, const artifact::Signature &signature, std::vector<Fact> &facts) {
    /// @param asked  column of when the row was asked
    const auto add = [&](const Statement &s, double truth, double predicted, const QString &target, int asked) {
        if (!std::isfinite(truth) || !std::isfinite(predicted))
            return;
        Fact fact;
        fact.kind = Fact::Kind::Label;
        fact.known = fromMs(s.integer(0));
        fact.version = revision.version;
        fact.sequence = s.integer(1);
        fact.row = s.integer(2);
        fact.truth = truth;
        fact.predicted = predicted;
        fact.text = target;
        fact.time = fromMs(s.integer(asked));
        fact.classes = signature.classes.size();
        facts.push_back(std::move(fact));
    };
    if (signature.targets().size() > 1)
        return store.database()->query(QStringLiteral("SELECT time,seq,row,value,predicted,target,predicted_time FROM target_labels WHERE revision=? AND predicted IS NOT NULL"),
                                       [&](Statement &s) { s.bind(1, revision.number); }, [&](const Statement &s) { add(s, s.real(3), s.real(4), s.text(5), 6); });
    return store.database()->query(QStringLiteral("SELECT time,seq,row,value,predicted,class,predicted_class,predicted_time FROM labels WHERE revision=?"),
                                   [&](Statement &s) { s.bind(1, revision.number); }, [&](const Statement &s) {
        if (signature.classes.empty())
            add(s, s.isNull(3) ? std::nan("") : s.real(3), s.isNull(4) ? std::nan("") : s.real(4), {}, 7);
        else
            add(s, classOf(signature, s.text(5)), classOf(signature, s.text(6)), {}, 7);
    });
}

/// How many rows were answered, by quarters of an hour: every zone's days are made of those.
Result<void> answeredOf(const serving::ServingStore &store, const serving::Revision &revision, std::vector<Fact> &facts) {
    constexpr qint64 quarter = 900'000;
    return store.database()->query(QStringLiteral("SELECT time/%1,SUM(rows) FROM predictions WHERE revision=? AND status < 400 GROUP BY time/%1").arg(quarter), [&](Statement &s) { s.bind(1, revision.number); },
                                   [&](const Statement &s) {
        Fact fact;
        fact.kind = Fact::Kind::Answered;
        fact.time = fromMs(s.integer(0) * quarter);
        fact.known = fromMs((s.integer(0) + 1) * quarter);
        fact.rows = s.integer(1);
        facts.push_back(std::move(fact));
    });
}

/// The object of a package's file; nothing, with a note, where it cannot be read.
QJsonObject packageFile(const QString &path, QStringList &notes) {
    const auto bytes = readFile(path);
    const auto object = bytes ? parseJsonObject(*bytes, path) : Result<QJsonObject>(bytes.error());
    if (object)
        return *object;
    notes << object.error().text();
    return {};
}

/// What the package of a version says, known from when it was made.
void packageFacts(registry::Registry &registry, const registry::Version &version, Fact &made, PastFacts &past) {
    const auto folder = registry.packageFolder(version);
    if (!folder) {
        past.notes << folder.error().text();
        return;
    }
    made.text = packageFile(*folder + QStringLiteral("/data.json"), past.notes).value(QStringLiteral("md5")).toString();
    const QJsonObject object = packageFile(*folder + QStringLiteral("/metrics.json"), past.notes);
    const metrics::Values test = metrics::withTargets(object.value(QStringLiteral("test")).toObject(), object.value(QStringLiteral("targets")).toArray());
    for (auto it = test.begin(); it != test.end(); ++it) {
        Fact fact;
        fact.kind = Fact::Kind::Tested;
        fact.known = version.created;
        fact.version = version.version;
        fact.text = it.key();
        fact.value = it.value();
        if (std::isfinite(fact.value))
            past.facts.push_back(std::move(fact));
    }
}

} // namespace

Result<PastFacts> pastOfServing(const QString &root, const workspace::Model &model) {
    PastFacts past;
    const QString file = root + QLatin1Char('/') + model.deployment.target + QStringLiteral("/serving.db");
    if (model.deployment.target.isEmpty() || !QFileInfo::exists(file))
        return past;
    PH_ASSIGN(const auto store, serving::ServingStore::open(file));
    PH_ASSIGN(const auto revisions, store->revisions());
    for (const serving::Revision &revision : revisions) {
        if (revision.model != model.registry.name && revision.model != model.name)
            continue;
        PH_ASSIGN(const QJsonObject json, store->signature(revision.number));
        PH_ASSIGN(const artifact::Signature signature, artifact::Signature::fromJson(json, file));
        const QString note = QStringLiteral("Of several targets each is replayed by itself; metrics over all of them together are not known.");
        if (signature.targets().size() > 1 && !past.notes.contains(note))
            past.notes << note;
        PH_TRY(labelsOf(*store, revision, signature, past.facts));
        PH_TRY(answeredOf(*store, revision, past.facts));
    }
    return past;
}

Result<PastFacts> pastOfDecisions(const DecisionStore &store, const workspace::Model &model) {
    PastFacts past;
    PH_ASSIGN(const std::vector<Decision> decisions, store.decisions(model.name));
    const auto add = [&](Fact::Kind kind, const Decision &decision, const QString &text, double value) {
        Fact fact;
        fact.kind = kind;
        fact.known = decision.time;
        fact.text = text;
        fact.source = QStringLiteral("decision %1").arg(decision.id);
        fact.value = value;
        past.facts.push_back(std::move(fact));
    };
    for (const Decision &decision : decisions) {
        if (decision.kind == DecisionKind::RetrainAttempted)
            add(Fact::Kind::Retrain, decision, {}, 0);
        if (decision.dataHash)
            add(Fact::Kind::Data, decision, *decision.dataHash, 0);
        for (const RuleOutcome &outcome : decision.rules) {
            const auto rule = workspace::parseRetrainRule(outcome.rule);
            if (!rule || !outcome.known || !outcome.value)
                continue; // a rule of an older program says nothing to this one
            if (rule->kind == Rule::Kind::Drift)
                add(Fact::Kind::Drift, decision, outcome.numbers.section(QStringLiteral(" in "), 1).section(QLatin1Char(','), 0, 0), *outcome.value);
            else if (rule->ofMetric())
                add(Fact::Kind::Measured, decision, rule->yesterday ? rule->metric + QStringLiteral(" yesterday") : rule->metric, *outcome.value);
            else if (rule->kind == Rule::Kind::RowsYesterday)
                add(Fact::Kind::RowsYesterday, decision, {}, *outcome.value);
            else if (rule->kind == Rule::Kind::NewestRowAge || rule->kind == Rule::Kind::SourceAge) {
                add(rule->kind == Rule::Kind::NewestRowAge ? Fact::Kind::NewestRow : Fact::Kind::SourceChanged, decision, {}, 0);
                past.facts.back().time = decision.time.addSecs(-qint64(*outcome.value));
            }
        }
    }
    return past;
}

Result<PastFacts> pastOfRegistry(registry::Registry &registry, const workspace::Model &model) {
    PastFacts past;
    PH_ASSIGN(const auto versions, registry.versions(model.registry.name));
    PH_ASSIGN(auto changes, registry.aliasHistory(model.registry.name, model.registry.champion));
    if (changes.empty()) { // moved by another program, which left no history
        const auto champion = registry.versionByAlias(model.registry.name, model.registry.champion);
        if (champion) {
            changes.push_back({model.registry.name, model.registry.champion, champion->version, champion->created, {}, {}});
            past.notes << QStringLiteral("When version %1 became %2 is not known; it was taken for it from when it was made.").arg(champion->version).arg(model.registry.champion);
        } else if (champion.error().kind != ErrorKind::NotFound) {
            return champion.error();
        }
    }
    std::set<int> champions;
    for (const registry::AliasChange &change : changes) {
        Fact fact;
        fact.kind = Fact::Kind::Champion;
        fact.known = change.since;
        fact.version = change.version.value_or(0); // deleted: no version is 0
        champions.insert(fact.version);
        past.facts.push_back(std::move(fact));
    }
    // The history is newest first: of two changes in the same millisecond the later one has to be learned last.
    std::reverse(past.facts.begin(), past.facts.end());
    for (const registry::Version &version : versions) {
        Fact made;
        made.kind = Fact::Kind::Version;
        made.known = version.created;
        made.version = version.version;
        if (champions.contains(version.version))
            packageFacts(registry, version, made, past);
        past.facts.push_back(std::move(made));
    }
    return past;
}

} // namespace pilothouse::retrain
