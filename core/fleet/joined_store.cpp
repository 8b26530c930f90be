// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/joined_store.h"

#include "core/base/hash.h"
#include "core/base/json.h"

#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>

namespace pilothouse::fleet {

using Q = QLatin1String;
using State = JoinedRun::State;

namespace {

const std::vector<std::pair<State, QString>> &words() {
    static const std::vector<std::pair<State, QString>> all{{State::Preparing, QStringLiteral("preparing")}, {State::Waiting, QStringLiteral("waiting")},       {State::Approved, QStringLiteral("approved")},
                                                            {State::Started, QStringLiteral("started")},     {State::Rejected, QStringLiteral("rejected")},     {State::Blocked, QStringLiteral("blocked")},
                                                            {State::Superseded, QStringLiteral("superseded")}, {State::Ended, QStringLiteral("ended")}};
    return all;
}

State stateOf(const QString &word) {
    for (const auto &[state, name] : words())
        if (name == word)
            return state;
    return State::Ended; // of a later version: nothing is started by it
}

} // namespace

QString joinedStateName(State state) {
    for (const auto &[one, name] : words())
        if (one == state)
            return name;
    return {};
}

QString joinedId(const QString &trainRun) {
    Hasher hasher(Hasher::Kind::Sha256);
    hasher.add(trainRun.toUtf8());
    return QStringLiteral("join-") + QString::fromLatin1(hasher.raw().toHex().left(12));
}

int JoinedRun::approved() const {
    return int(std::count_if(voices.begin(), voices.end(), [](const Voice &voice) { return voice.yes; }));
}

QString JoinedRun::sentence() const {
    const QString &to = deploy.pipeline, why = note.isEmpty() ? QString() : QLatin1Char(' ') + note;
    switch (state) {
    case State::Preparing: return QStringLiteral("The approval before %1 is being prepared.").arg(to) + why;
    case State::Waiting: return QStringLiteral("Waits for an approval before %1.").arg(to) + why;
    case State::Approved: return start.problem.isEmpty() ? QStringLiteral("Approved; %1 is being started.").arg(to) : QStringLiteral("Approved, but %1 was not started: %2").arg(to, start.problem);
    case State::Started: return QStringLiteral("Approved; went on as %1.").arg(start.run);
    case State::Rejected: return QStringLiteral("Rejected; %1 was not started.").arg(to) + why;
    case State::Blocked: return QStringLiteral("%1 was not started: a rule of the workspace speaks against it.").arg(to) + why;
    case State::Superseded: return QStringLiteral("%1 was not started: a newer training passed.").arg(to) + why;
    case State::Ended: return QStringLiteral("%1 was not started.").arg(to) + why;
    }
    return {};
}

QJsonObject JoinedRun::toJson() const {
    QJsonArray said;
    for (const Voice &voice : voices)
        said << QJsonObject{{Q("by"), voice.by}, {Q("comment"), voice.comment}, {Q("yes"), voice.yes}, {Q("time"), isoUtc(voice.time)}};
    return {{Q("id"), id}, {Q("model"), model}, {Q("train"), train}, {Q("pipeline"), pipeline}, {Q("started_by"), startedBy},
            {Q("deploy"), QJsonObject{{Q("pipeline"), deploy.pipeline}, {Q("parameters"), deploy.parameters}, {Q("ref"), deploy.ref}, {Q("reason"), deploy.reason}}},
            {Q("passed"), isoUtc(passed)}, {Q("since"), isoUtc(since)}, {Q("decided"), isoUtc(decided)}, {Q("version"), version}, {Q("promotion"), promotion}, {Q("state"), joinedStateName(state)}, {Q("note"), note},
            {Q("not_before"), isoUtc(notBefore)}, {Q("voices"), said}, {Q("needed"), needed}, {Q("no_self_approval"), noSelfApproval}, {Q("start"), start.toJson()}};
}

JoinedRun JoinedRun::fromJson(const QJsonObject &o) {
    JoinedRun joined;
    const auto text = [&](const char *key) { return o.value(Q(key)).toString(); };
    const auto time = [&](const char *key) { return fromIsoUtc(text(key)); };
    joined.id = text("id");
    joined.model = text("model");
    joined.train = text("train");
    joined.pipeline = text("pipeline");
    joined.startedBy = text("started_by");
    const QJsonObject deploy = o.value(Q("deploy")).toObject();
    joined.deploy.pipeline = deploy.value(Q("pipeline")).toString();
    joined.deploy.parameters = deploy.value(Q("parameters")).toObject();
    joined.deploy.ref = deploy.value(Q("ref")).toString();
    joined.deploy.reason = deploy.value(Q("reason")).toString();
    joined.passed = time("passed");
    joined.since = time("since");
    joined.decided = time("decided");
    joined.version = o.value(Q("version")).toInt();
    joined.promotion = text("promotion");
    joined.state = stateOf(text("state"));
    joined.note = text("note");
    joined.notBefore = time("not_before");
    for (const QJsonValue &value : o.value(Q("voices")).toArray()) {
        const QJsonObject voice = value.toObject();
        joined.voices.push_back({voice.value(Q("by")).toString(), voice.value(Q("comment")).toString(), voice.value(Q("yes")).toBool(), fromIsoUtc(voice.value(Q("time")).toString())});
    }
    joined.needed = o.value(Q("needed")).toInt(1);
    joined.noSelfApproval = o.value(Q("no_self_approval")).toBool();
    joined.start = OnceStart::fromJson(o.value(Q("start")).toObject());
    return joined;
}

Result<std::vector<JoinedRun>> JoinedStore::of(const QString &model) const {
    const QString file = QStringLiteral("%1/%2.json").arg(m_folder, model);
    std::vector<JoinedRun> all;
    if (!QFileInfo::exists(file))
        return all;
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
    for (const QJsonValue &value : object.value(Q("joined")).toArray())
        all.push_back(JoinedRun::fromJson(value.toObject()));
    return all;
}

Result<void> JoinedStore::write(const QString &model, const std::vector<JoinedRun> &all) const {
    QJsonArray array;
    for (const JoinedRun &joined : all)
        array << joined.toJson();
    return writeFileAtomically(QStringLiteral("%1/%2.json").arg(m_folder, model), canonicalJson({{Q("joined"), array}}));
}

Result<bool> JoinedStore::add(const JoinedRun &joined) const {
    PH_TRY(makeFolder(m_folder, true));
    PH_ASSIGN(const FileLock lock, FileLock::acquire(QStringLiteral("%1/%2.lock").arg(m_folder, joined.model)));
    PH_ASSIGN(auto all, of(joined.model));
    if (std::any_of(all.begin(), all.end(), [&](const JoinedRun &one) { return one.id == joined.id; }))
        return false;
    all.insert(all.begin(), joined);
    for (std::size_t i = all.size(); i-- > 1 && all.size() > kept;) // what waits is kept
        if (!all[i].open())
            all.erase(all.begin() + std::ptrdiff_t(i));
    PH_TRY(write(joined.model, all));
    return true;
}

Result<JoinedRun> JoinedStore::update(const QString &model, const QString &id, const std::function<Result<void>(JoinedRun &)> &edit) const {
    PH_TRY(makeFolder(m_folder, true));
    PH_ASSIGN(const FileLock lock, FileLock::acquire(QStringLiteral("%1/%2.lock").arg(m_folder, model)));
    PH_ASSIGN(auto all, of(model));
    const auto found = std::find_if(all.begin(), all.end(), [&](const JoinedRun &one) { return one.id == id; });
    if (found == all.end())
        return notFound(QStringLiteral("There is no joined run “%1” of %2.").arg(id, model));
    JoinedRun changed = *found;
    PH_TRY(edit(changed));
    *found = changed;
    PH_TRY(write(model, all));
    return changed;
}

Result<FileLock> JoinedStore::turn(const QString &model) const {
    PH_TRY(makeFolder(m_folder, true));
    return FileLock::tryAcquire(QStringLiteral("%1/%2.turn.lock").arg(m_folder, model));
}

} // namespace pilothouse::fleet
