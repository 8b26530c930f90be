// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/history.h"

#include "core/promotion/evidence_gates.h"
#include "core/promotion/promotion_plan.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>
#include <map>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;
using operations::JournalEntry;
using promotion::Request;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(History)
};

QString shown(std::optional<int> version) { return version ? QStringLiteral("v%1").arg(*version) : Text::tr("none"); }
std::optional<int> versionFrom(const QJsonValue &v) { return v.isDouble() ? std::optional(v.toInt()) : std::nullopt; }
QJsonValue versionValue(std::optional<int> v) { return v ? QJsonValue(*v) : QJsonValue(); }

/// The lines of one operation.
struct Op {
    const JournalEntry *begin = nullptr, *end = nullptr; ///< executing or refused; done, failed or undone
    const JournalEntry *failed = nullptr;                ///< what went wrong, though it was put back later
};

struct Maker {
    const HistoryInput &in;
    std::map<QString, Op> ops;
    std::vector<Change> out;

    explicit Maker(const HistoryInput &input) : in(input) {
        std::vector<const JournalEntry *> lines;
        for (const JournalEntry &e : in.journal)
            lines.push_back(&e);
        std::sort(lines.begin(), lines.end(), [](const auto *a, const auto *b) { return a->sequence < b->sequence; });
        for (const JournalEntry *e : lines) {
            if (e->operation.isEmpty() || !ours(*e))
                continue;
            Op &op = ops[e->operation];
            if (e->phase == Q("executing") || e->phase == Q("refused"))
                op.begin = op.begin && e->phase == Q("executing") && !op.begin->details.isEmpty() ? op.begin : e;
            else if (e->phase == Q("done") || e->phase == Q("failed") || e->phase == Q("undone"))
                op.end = e;
            if (e->phase == Q("failed"))
                op.failed = e;
        }
    }

    /// Is it of this model in this registry, or of what serves it?
    bool ours(const JournalEntry &e) const {
        if (!in.target.isEmpty() && e.object == QStringLiteral("rollout ") + in.target)
            return true;
        if (e.object != QStringLiteral("model ") + in.model)
            return false;
        const QString named = e.details.value(Q("undo")).toObject().value(Q("connection")).toString();
        const QString connection = named.isEmpty() ? e.details.value(Q("connection")).toString() : named;
        return connection.isEmpty() || connection == in.connection;
    }

    static void setLine(Change &change, const JournalEntry &line) {
        change.journalLine = line.sequence;
        change.journalHash = line.hash;
        change.source = Text::tr("journal line %1").arg(line.sequence);
    }

    const Op *op(const QString &id) const {
        const auto found = ops.find(id);
        return found == ops.end() ? nullptr : &found->second;
    }

    /// The done line of a decision ("approve", "reject", "promotion-request") about a request.
    const JournalEntry *decision(const char *kind, const QString &promotion, const QString &actor) const {
        const JournalEntry *found = nullptr;
        for (const auto &[id, o] : ops)
            if (o.begin && o.end && o.end->phase == Q("done") && o.begin->kind == Q(kind) && o.begin->actor == actor && o.begin->details.value(Q("promotion")).toString() == promotion)
                if (!found || o.end->sequence > found->sequence)
                    found = o.end;
        return found;
    }

    static QString whyOf(const JournalEntry &begin) {
        const QString comment = begin.details.value(Q("comment")).toString();
        return comment.isEmpty() ? begin.details.value(Q("reason")).toString() : comment;
    }

    void addVersions();
    void addRequests();
    void addOperations();
    void addOperation(const QString &id, const Op &o);
    void addRollout();
    void addSkew();
    void addAliases();
    std::optional<std::optional<int>> foundBefore(const QString &operation, const QString &alias) const;
    std::vector<LiveSpan> addAlias(const QString &alias, std::vector<registry::AliasChange> records);
    Change outside(const QString &alias, std::optional<int> from, std::optional<int> to, const QDateTime &after, const QDateTime &seen, bool registrySays) const;
    std::optional<QDateTime> sighted(const QString &alias, std::optional<int> version, const QDateTime &after) const;
    std::vector<LiveSpan> live;
    std::size_t toldBefore = 0; ///< changes that were there before the aliases were looked at
};

void Maker::addVersions() {
    for (auto version = in.versions.rbegin(); version != in.versions.rend(); ++version) {
        const registry::Version &v = *version;
        Change c;
        c.time = v.created;
        c.kind = ChangeKind::Registered;
        c.version = v.version;
        c.by = v.user;
        c.source = Text::tr("registry %1").arg(in.source);
        c.what = Text::tr("Version %1 was registered").arg(v.version);
        if (!v.runId.isEmpty())
            c.facts.emplace_back(Text::tr("Run"), v.runId);
        QString sha256, commit;
        for (const registry::Run &run : in.runs)
            if (run.id == v.runId) {
                if (c.by.isEmpty())
                    c.by = run.user;
                sha256 = run.tags.value(QStringLiteral("data.sha256"));
                commit = run.tags.value(QStringLiteral("mlflow.source.git.commit"));
                c.why = run.tags.value(QStringLiteral("retrain_decision"));
            }
        for (const Request &r : in.promotions)
            if (r.version == v.version) {
                const QJsonObject &l = r.evidence.lineage;
                if (sha256.isEmpty())
                    sha256 = l.value(Q("data")).toObject().value(Q("sha256")).toString();
                if (commit.isEmpty())
                    commit = l.value(Q("code")).toString();
            }
        if (!sha256.isEmpty())
            c.facts.emplace_back(Text::tr("Data, SHA-256"), sha256);
        if (!commit.isEmpty())
            c.facts.emplace_back(Text::tr("Commit"), commit);
        if (!v.digest.isEmpty())
            c.facts.emplace_back(Text::tr("Package, SHA-256"), v.digest);
        for (const auto &[id, o] : ops)
            if (o.begin && o.end && o.begin->kind == Q("register") && o.end->phase == Q("done"))
                for (const QJsonValue &seen : o.end->after)
                    if (seen.toObject().value(Q("version")).toInt() == v.version) {
                        c.operation = id;
                        c.journalLine = o.end->sequence;
                        c.journalHash = o.end->hash;
                    }
        out.push_back(std::move(c));
    }
}

/// What was asked and decided; what came of it are operations.
void Maker::addRequests() {
    for (auto request = in.promotions.rbegin(); request != in.promotions.rend(); ++request) {
        const Request &r = *request;
        const auto line = [&](ChangeKind kind, const QDateTime &time, const QString &by, const QString &what, const QString &why, const char *journalKind) {
            Change c;
            c.time = time;
            c.kind = kind;
            c.version = r.version;
            c.by = by;
            c.what = what;
            c.why = why;
            c.promotion = r.id;
            c.source = Text::tr("promotion %1").arg(r.id);
            if (const JournalEntry *e = decision(journalKind, r.id, by)) {
                c.operation = e->operation;
                c.journalLine = e->sequence;
                c.journalHash = e->hash;
            }
            return c;
        };
        Change asked = line(ChangeKind::Asked, r.created, r.requester, Text::tr("Asked to promote v%1 to %2").arg(r.version).arg(r.alias), r.evidence.sentence, "promotion-request");
        for (const promotion::GateResult &g : r.evidence.gates)
            asked.facts.emplace_back(g.rule, g.value.isEmpty() ? promotion::gateStateName(g.state) : QStringLiteral("%1 (%2)").arg(g.value, promotion::gateStateName(g.state)));
        asked.facts.emplace_back(Text::tr("Evidence, SHA-256"), digestAsAsked(r));
        out.push_back(std::move(asked));
        for (const promotion::Approval &a : r.approvals)
            out.push_back(line(a.approved ? ChangeKind::Approved : ChangeKind::Rejected, a.time, a.actor, a.approved ? Text::tr("Approved v%1").arg(r.version) : Text::tr("Rejected v%1").arg(r.version), a.comment,
                               a.approved ? "approve" : "reject"));
        // Carried out, though the journal here does not know of it: moved here, or cut.
        const bool wasDone = r.state == promotion::RequestState::Done || r.state == promotion::RequestState::Undone || r.state == promotion::RequestState::TurnedBack;
        if (wasDone && !r.operation.isEmpty() && !op(r.operation)) {
            Change c = line(r.state == promotion::RequestState::Done ? ChangeKind::Promoted : r.state == promotion::RequestState::Undone ? ChangeKind::Undone : ChangeKind::TurnedBack, r.decided, {},
                            Text::tr("v%1: %2 (the journal here has no line of it)").arg(r.version).arg(promotion::requestStateName(r.state)), r.outcome, "promote");
            c.operation = r.operation;
            c.alias = r.alias;
            c.from = r.state == promotion::RequestState::Done ? r.from : std::optional(r.version);
            c.to = r.state == promotion::RequestState::Done ? std::optional(r.version) : r.from;
            out.push_back(std::move(c));
        }
    }
}

void Maker::addOperation(const QString &id, const Op &o) {
    const JournalEntry &begin = *o.begin;
    const QString kind = begin.kind;
    const bool refused = begin.phase == Q("refused") || !o.end, failed = o.end && o.end->phase != Q("done");
    const bool decided = kind == Q("promotion-request") || kind == Q("approve") || kind == Q("reject") || kind == Q("register");
    if (decided && !refused && !failed)
        return; // the request and the version tell it
    static const std::map<QString, ChangeKind> kinds{{QStringLiteral("promote"), ChangeKind::Promoted}, {QStringLiteral("undo"), ChangeKind::Undone},
                                                     {QStringLiteral("turn-back"), ChangeKind::TurnedBack}, {QStringLiteral("set-alias"), ChangeKind::Alias},
                                                     {QStringLiteral("set-stage"), ChangeKind::Stage}, {QStringLiteral("set-tag"), ChangeKind::Tag},
                                                     {QStringLiteral("set-description"), ChangeKind::Description}};
    const bool rollout = begin.object.startsWith(Q("rollout "));
    const auto known = kinds.find(kind);
    if (!rollout && !decided && known == kinds.end())
        return;
    const JournalEntry &last = failed && o.failed ? *o.failed : o.end ? *o.end : begin;
    Change c;
    c.time = last.time;
    c.kind = begin.phase == Q("refused") ? ChangeKind::Refused : failed || !o.end ? ChangeKind::Failed : rollout ? ChangeKind::Rollout : known->second;
    c.by = begin.actor;
    c.operation = id;
    c.promotion = begin.details.value(Q("promotion")).toString();
    c.what = begin.details.value(Q("summary")).toString();
    if (c.what.isEmpty())
        c.what = kind;
    c.why = whyOf(begin);
    setLine(c, last);
    const QJsonObject undo = begin.details.value(Q("undo")).toObject();
    c.version = versionFrom(undo.value(Q("to")));
    if (kind == Q("promote") || kind == Q("set-alias")) {
        c.alias = undo.value(Q("alias")).toString();
        c.from = versionFrom(undo.value(Q("from")));
        c.to = versionFrom(undo.value(Q("to")));
    } else if (kind.startsWith(Q("set-"))) {
        c.version = versionFrom(undo.value(Q("version")));
    }
    if (!c.promotion.isEmpty())
        for (const Request &r : in.promotions)
            if (r.id == c.promotion) {
                c.version = r.version;
                if (kind == Q("promote") && c.why.isEmpty()) {
                    QStringList said;
                    for (const promotion::Approval &a : r.approvals)
                        said << QStringLiteral("%1: “%2”").arg(a.actor, a.comment);
                    c.why = said.join(QStringLiteral("; "));
                }
                if (kind == Q("undo") || (kind == Q("turn-back") && !rollout)) {
                    c.alias = r.alias;
                    c.from = r.version;
                    c.to = r.from;
                }
            }
    if (begin.phase == Q("refused") || failed)
        c.why = last.details.value(Q("error")).toString() + (o.end && o.end->phase == Q("undone") ? QLatin1Char(' ') + Text::tr("What was done before was put back.") : QString());
    else if (!o.end)
        c.why = Text::tr("It was begun, and the journal has no line of its end.");
    if (c.kind == ChangeKind::Refused || c.kind == ChangeKind::Failed)
        c.alias.clear(); // nothing is there by it; what was moved and put back is in the registry's own history
    const QJsonArray calls = begin.details.value(Q("calls")).toArray(), steps = last.details.value(Q("steps")).toArray();
    for (qsizetype i = 0; i < calls.size(); ++i) {
        const QJsonObject call = calls[i].toObject();
        const QString state = i < steps.size() ? steps[i].toObject().value(Q("state")).toString() : QString();
        c.facts.emplace_back(call.value(Q("verb")).toString() + QLatin1Char(' ') + call.value(Q("object")).toString(),
                             state.isEmpty() ? call.value(Q("effect")).toString() : QStringLiteral("%1 (%2)").arg(call.value(Q("effect")).toString(), state));
    }
    if (const QString digest = begin.details.value(Q("evidence")).toString(); !digest.isEmpty())
        c.facts.emplace_back(Text::tr("Evidence, SHA-256"), digest);
    if (const QString undoes = begin.details.value(Q("undoes")).toString(); !undoes.isEmpty())
        c.facts.emplace_back(Text::tr("Undoes"), undoes);
    out.push_back(std::move(c));
}

void Maker::addOperations() {
    std::vector<std::pair<qint64, QString>> order; // as they were begun, also within one moment
    for (const auto &[id, o] : ops)
        if (o.begin)
            order.emplace_back(o.begin->sequence, id);
    std::sort(order.begin(), order.end());
    for (const auto &[sequence, id] : order)
        addOperation(id, ops.at(id));
    for (const JournalEntry &e : in.journal) { // findings of programs: an interrupted promotion, a rollout at its end
        if (e.phase != Q("note") || !ours(e))
            continue;
        Change c;
        c.time = e.time;
        c.kind = e.object.startsWith(Q("rollout ")) ? ChangeKind::Rollout : ChangeKind::Failed;
        c.by = e.actor;
        c.operation = e.operation;
        c.promotion = e.details.value(Q("promotion")).toString();
        for (const char *key : {"finding", "summary", "verdict", "reason"})
            if (c.what.isEmpty())
                c.what = e.details.value(Q(key)).toString();
        if (c.what.isEmpty())
            c.what = e.kind;
        setLine(c, e);
        out.push_back(std::move(c));
    }
}

void Maker::addRollout() {
    for (const cluster::Revision &r : in.revisions) {
        Change c;
        c.time = r.when;
        c.kind = ChangeKind::Rollout;
        c.version = r.version;
        c.by = r.by;
        c.why = r.reason;
        c.source = in.target;
        c.what = Text::tr("v%1 was taken into service as revision %2").arg(r.version).arg(r.revision);
        if (!r.outcome.isEmpty())
            c.facts.emplace_back(Text::tr("What became of it"), r.outcome);
        out.push_back(std::move(c));
    }
    if (!in.rollout)
        return;
    const auto &served = in.rollout->canary ? in.rollout->canary : in.rollout->stable;
    for (const cluster::RolloutStep &s : in.rollout->steps) {
        if (!s.started.isValid())
            continue;
        Change c;
        c.time = s.started;
        c.kind = ChangeKind::Rollout;
        c.source = in.target;
        c.promotion = in.rollout->operation;
        if (served)
            c.version = served->version;
        c.what = c.version ? Text::tr("%1 % of the traffic to v%2").arg(s.percent).arg(*c.version) : Text::tr("%1 % of the traffic to the canary").arg(s.percent);
        c.facts.emplace_back(Text::tr("State"), s.state);
        if (s.ended.isValid())
            c.facts.emplace_back(Text::tr("Until"), utcText(s.ended));
        out.push_back(std::move(c));
    }
}

void Maker::addSkew() {
    for (const promotion::Sighting &s : in.skewSightings) {
        Change c;
        c.time = s.first;
        c.kind = ChangeKind::Skew;
        c.source = Text::tr("seen by Pilothouse");
        c.what = s.details.value(Q("what")).toString();
        c.why = s.details.value(Q("why")).toString();
        c.facts.emplace_back(Text::tr("Until"), s.ended.isValid() ? utcText(s.ended) : Text::tr("it is so still"));
        out.push_back(std::move(c));
    }
}

/// Where the alias stood when an operation of ours began, by its journal line; none: that is not known here.
std::optional<std::optional<int>> Maker::foundBefore(const QString &operation, const QString &alias) const {
    const Op *o = op(operation);
    if (!o || !o->begin)
        return {};
    const QJsonObject &before = o->begin->before;
    if (before.value(Q("alias")).toString() == alias && before.contains(Q("version")))
        return versionFrom(before.value(Q("version")));
    if (before.contains(alias))
        return versionFrom(before.value(alias));
    return {};
}

std::optional<QDateTime> Maker::sighted(const QString &alias, std::optional<int> version, const QDateTime &after) const {
    const QString end = QLatin1Char('@') + alias, state = version ? QString::number(*version) : QString();
    std::optional<QDateTime> first;
    for (const promotion::Sighting &s : in.aliasSightings)
        if (s.subject.endsWith(end) && s.state == state && (!after.isValid() || s.first >= after) && (!first || s.first < *first))
            first = s.first;
    return first;
}

Change Maker::outside(const QString &alias, std::optional<int> from, std::optional<int> to, const QDateTime &after, const QDateTime &seen, bool registrySays) const {
    Change c;
    c.kind = ChangeKind::Outside;
    c.time = seen;
    c.alias = alias;
    c.from = from;
    c.to = to;
    c.version = to;
    c.source = Text::tr("registry %1").arg(in.source);
    c.what = Text::tr("The alias %1 was moved outside Pilothouse: %2 → %3").arg(alias, shown(from), shown(to));
    c.why = registrySays ? Text::tr("Who did it is not known here; the registry says when.") : Text::tr("Who did it is not known here.");
    if (after.isValid())
        c.facts.emplace_back(Text::tr("Our last record"), Text::tr("%1, since %2").arg(shown(from), utcText(after)));
    c.facts.emplace_back(registrySays ? Text::tr("Changed, by the registry") : Text::tr("Seen at"), utcText(seen));
    return c;
}

std::vector<LiveSpan> Maker::addAlias(const QString &alias, std::vector<registry::AliasChange> records) {
    std::reverse(records.begin(), records.end()); // oldest first now
    std::vector<LiveSpan> spans;
    std::optional<int> at;
    QDateTime after;
    QString lastOperation;
    const auto moved = [&](std::optional<int> to, const QDateTime &time, const QString &by, const QString &operation, bool isOutside) {
        if (!spans.empty() && !spans.back().to.isValid())
            spans.back().to = time;
        LiveSpan span{to, time, {}, by, {}, operation, {}, isOutside};
        for (const Change &c : out)
            if (!operation.isEmpty() && c.operation == operation && c.kind != ChangeKind::Registered) {
                span.why = c.why;
                span.promotion = c.promotion;
            }
        spans.push_back(std::move(span));
        at = to;
        after = time;
    };
    const auto strange = [&](std::optional<int> to, const QDateTime &upTo, bool registrySays) {
        const auto seen = registrySays ? std::optional(upTo) : sighted(alias, to, after);
        const QDateTime when = seen && *seen <= upTo ? *seen : upTo;
        out.push_back(outside(alias, at, to, after, when, registrySays));
        moved(to, when, {}, {}, true);
        spans.back().why = out.back().why;
    };
    for (const registry::AliasChange &record : records) {
        if (record.by.isEmpty() && record.operation.isEmpty()) {
            strange(record.version, record.since, true);
            lastOperation.clear();
            continue;
        }
        const auto found = foundBefore(record.operation, alias);
        if (found && *found != at && record.operation != lastOperation) // an operation that was put back has two records
            strange(*found, record.since.addMSecs(-1), false); // found when ours began, and so before it
        const std::optional<int> from = at;
        const bool told = !record.operation.isEmpty() && std::any_of(out.begin(), out.begin() + std::ptrdiff_t(toldBefore), [&](const Change &c) {
            return c.operation == record.operation && (c.alias == alias || c.kind == ChangeKind::Promoted || c.kind == ChangeKind::Undone || c.kind == ChangeKind::TurnedBack);
        });
        moved(record.version, record.since, record.by, record.operation, false);
        lastOperation = record.operation;
        if (told)
            continue;
        Change c;
        c.time = record.since;
        c.kind = ChangeKind::Alias;
        c.by = record.by;
        c.alias = alias;
        c.from = from;
        c.to = c.version = record.version;
        c.operation = record.operation;
        c.what = Text::tr("Alias %1: %2 → %3").arg(alias, shown(from), shown(record.version));
        c.source = Text::tr("registry %1").arg(in.source);
        if (!record.operation.isEmpty() && !op(record.operation))
            c.facts.emplace_back(Text::tr("Journal"), Text::tr("of another machine: it has no line here"));
        out.push_back(std::move(c));
    }
    std::optional<int> now;
    for (const registry::Alias &a : in.aliases)
        if (a.name == alias)
            now = a.version;
    if (now != at)
        strange(now, in.now, false);
    std::reverse(spans.begin(), spans.end());
    return spans;
}

void Maker::addAliases() {
    toldBefore = out.size();
    std::map<QString, std::vector<registry::AliasChange>> byAlias;
    byAlias[in.alias];
    for (const registry::Alias &a : in.aliases)
        byAlias[a.name];
    for (const registry::AliasChange &c : in.aliasChanges)
        byAlias[c.alias].push_back(c);
    for (auto &[alias, records] : byAlias) {
        auto spans = addAlias(alias, std::move(records));
        if (alias == in.alias)
            live = std::move(spans);
    }
}

QString subjectOf(const QString &connection, const QString &model, const QString &alias) {
    return QStringLiteral("%1/%2@%3").arg(connection.isEmpty() ? QStringLiteral("local") : connection, model, alias);
}

} // namespace

QString changeKindName(ChangeKind kind) {
    static const char *const names[] = {"registered", "asked", "approved", "rejected", "promoted", "undone", "turned-back", "failed", "refused", "alias", "stage", "tag", "description", "rollout", "outside", "skew"};
    return Q(names[int(kind)]);
}

QString changeKindWord(ChangeKind kind) {
    switch (kind) {
    case ChangeKind::Registered: return Text::tr("Registered");
    case ChangeKind::Asked: return Text::tr("Asked");
    case ChangeKind::Approved: return Text::tr("Approved");
    case ChangeKind::Rejected: return Text::tr("Rejected");
    case ChangeKind::Promoted: return Text::tr("Promoted");
    case ChangeKind::Undone: return Text::tr("Undone");
    case ChangeKind::TurnedBack: return Text::tr("Turned back");
    case ChangeKind::Failed: return Text::tr("Failed");
    case ChangeKind::Refused: return Text::tr("Refused");
    case ChangeKind::Alias: return Text::tr("Alias");
    case ChangeKind::Stage: return Text::tr("Stage");
    case ChangeKind::Tag: return Text::tr("Tag");
    case ChangeKind::Description: return Text::tr("Description");
    case ChangeKind::Rollout: return Text::tr("Rollout");
    case ChangeKind::Outside: return Text::tr("Outside");
    case ChangeKind::Skew: break;
    }
    return Text::tr("Skew");
}

QString digestAsAsked(const promotion::Request &request) {
    promotion::Evidence e = request.evidence;
    for (promotion::GateResult &gate : e.gates)
        if (promotion::isApprovalsGate(gate))
            gate = promotion::approvalsGate(0, request.approvalsNeeded, request.preventSelfApproval);
    return e.digest();
}

QString utcText(const QDateTime &time) { return time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) + QStringLiteral(" UTC"); }

History historyOf(const HistoryInput &input) {
    Maker maker(input);
    maker.addVersions();
    maker.addRequests();
    maker.addOperations();
    maker.addAliases(); // asks what was told before
    maker.addRollout();
    maker.addSkew();
    std::stable_sort(maker.out.begin(), maker.out.end(), [](const Change &a, const Change &b) { return a.time < b.time; });
    std::reverse(maker.out.begin(), maker.out.end());
    return {input.model, input.alias, input.source, std::move(maker.out), std::move(maker.live), input.now};
}

Result<std::vector<registry::AliasChange>> noteAlias(const Services &services, const QString &connection, const QString &model, const QString &alias) {
    PH_ASSIGN(const auto registry, services.registries->of(connection));
    PH_ASSIGN(auto changes, registry->aliasHistory(model, alias));
    PH_ASSIGN(const auto now, promotion::aliasNow(*registry, model, alias));
    const bool strange = changes.empty() ? now.has_value() : changes.front().version != now || (changes.front().by.isEmpty() && changes.front().operation.isEmpty());
    const QString kind = QStringLiteral("alias"), subject = subjectOf(registry == services.registry ? QString() : connection, model, alias);
    promotion::Sightings sightings(services.database);
    if (strange) {
        PH_TRY(sightings.seen(kind, subject, now ? QString::number(*now) : QString(), {}, services.clock->nowUtc()));
    } else {
        PH_TRY(sightings.over(kind, subject, services.clock->nowUtc()));
    }
    return changes;
}

Result<History> readHistory(const Services &services, const QString &model, const QString &alias, const QString &connection) {
    HistoryInput in;
    PH_ASSIGN(const auto registry, services.registries->of(connection));
    in.model = model;
    in.connection = registry == services.registry ? QString() : connection;
    in.source = registry->source();
    in.now = services.clock->nowUtc();
    const workspace::Model *owner = promotion::ownerOf(services.workspace, model);
    in.alias = !alias.isEmpty() ? alias : owner ? owner->registry.champion : QStringLiteral("champion");
    PH_ASSIGN(const auto registered, registry->model(model));
    if (!registered)
        return notFound(Text::tr("The registry has no model “%1”.").arg(model), in.source, Text::tr("See “pilot registry list”."));
    in.aliases = registered->aliases;
    PH_ASSIGN(in.versions, registry->versions(model));
    for (const registry::Version &v : in.versions)
        if (!v.runId.isEmpty())
            if (auto run = registry->run(v.runId)) // one that is gone takes only its own facts with it
                in.runs.push_back(*std::move(run));
    PH_ASSIGN(in.promotions, services.promotions->requests(model));
    PH_ASSIGN(in.journal, services.journal->entries());
    QStringList names{in.alias, Q(promotion::previousAlias)};
    for (const registry::Alias &a : in.aliases)
        names << a.name;
    for (const promotion::Request &r : in.promotions)
        names << r.alias;
    for (const operations::JournalEntry &e : in.journal)
        if (e.object == QStringLiteral("model ") + model && e.kind == Q("set-alias"))
            names << e.before.value(Q("alias")).toString();
    names.removeAll(QString());
    names.removeDuplicates();
    promotion::Sightings sightings(services.database);
    for (const QString &name : std::as_const(names)) {
        PH_ASSIGN(const auto changes, noteAlias(services, in.connection, model, name));
        const QString subject = subjectOf(in.connection, model, name);
        PH_ASSIGN(const auto seen, sightings.of(QStringLiteral("alias"), subject));
        in.aliasSightings.insert(in.aliasSightings.end(), seen.begin(), seen.end());
        in.aliasChanges.insert(in.aliasChanges.end(), changes.begin(), changes.end());
    }
    if (owner) {
        PH_ASSIGN(in.skewSightings, sightings.of(QStringLiteral("skew"), owner->name));
        if (const auto target = services.rolloutTarget(*owner)) {
            in.target = (*target)->name();
            if (auto revisions = (*target)->history())
                in.revisions = *std::move(revisions);
            if (auto status = (*target)->status())
                in.rollout = *std::move(status);
        }
    }
    return historyOf(in);
}

const LiveSpan *spanAt(const History &history, const QDateTime &time) {
    for (const LiveSpan &span : history.live) // by the order of the changes: a clock that jumped back does not hide the later one
        if (span.from <= time)
            return &span;
    return nullptr;
}

QString spanSentence(const History &history, const LiveSpan *span, const QDateTime &time) {
    if (!span)
        return Text::tr("%1 pointed nowhere at %2.").arg(history.alias, utcText(time));
    QString out;
    if (!span->version)
        out = span->to.isValid() ? Text::tr("%1 pointed nowhere from %2 to %3").arg(history.alias, utcText(span->from), utcText(span->to))
                                 : Text::tr("%1 has pointed nowhere since %2").arg(history.alias, utcText(span->from));
    else
        out = span->to.isValid() ? Text::tr("%1 was version %2 from %3 to %4").arg(history.alias, QString::number(*span->version), utcText(span->from), utcText(span->to))
                                 : Text::tr("%1 has been version %2 since %3").arg(history.alias, QString::number(*span->version), utcText(span->from));
    if (span->outside)
        return out + Text::tr(", moved outside Pilothouse.");
    if (!span->by.isEmpty())
        out += Text::tr(", by %1").arg(span->by);
    if (!span->why.isEmpty())
        out += Text::tr(", because %1").arg(span->why);
    return out.endsWith(QLatin1Char('.')) ? out : out + QLatin1Char('.');
}

History within(const History &history, const QDateTime &since, const QDateTime &until) {
    History out = history;
    std::erase_if(out.changes, [&](const Change &c) { return (since.isValid() && c.time < since) || (until.isValid() && c.time >= until); });
    std::erase_if(out.live, [&](const LiveSpan &s) { return (since.isValid() && s.to.isValid() && s.to <= since) || (until.isValid() && s.from >= until); });
    return out;
}

QJsonObject History::toJson() const {
    QJsonArray list, spans;
    for (const Change &c : changes) {
        QJsonObject facts;
        for (const auto &[name, value] : c.facts)
            facts.insert(name, value);
        list.append(QJsonObject{{Q("time"), isoUtc(c.time)}, {Q("since"), isoUtc(c.time)}, {Q("kind"), changeKindName(c.kind)}, {Q("version"), versionValue(c.version)}, {Q("alias"), c.alias},
                                {Q("from"), versionValue(c.from)}, {Q("to"), versionValue(c.to)}, {Q("what"), c.what}, {Q("why"), c.why}, {Q("by"), c.by}, {Q("source"), c.source},
                                {Q("operation"), c.operation}, {Q("promotion"), c.promotion},
                                {Q("journal"), c.journalLine ? QJsonValue(QJsonObject{{Q("line"), c.journalLine}, {Q("hash"), c.journalHash}}) : QJsonValue()}, {Q("facts"), facts}});
    }
    for (const LiveSpan &s : live)
        spans.append(QJsonObject{{Q("version"), versionValue(s.version)}, {Q("from"), isoUtc(s.from)}, {Q("to"), s.to.isValid() ? QJsonValue(isoUtc(s.to)) : QJsonValue()}, {Q("by"), s.by}, {Q("why"), s.why},
                                 {Q("operation"), s.operation}, {Q("promotion"), s.promotion}, {Q("outside"), s.outside}});
    return {{Q("model"), model}, {Q("alias"), alias}, {Q("source"), source}, {Q("read"), isoUtc(read)}, {Q("changes"), list}, {Q("live"), spans}};
}

} // namespace pilothouse::fleet
