// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/evidence_report.h"

#include "core/base/json.h"
#include "core/fleet/report_parts.h"
#include "core/promotion/evidence_gates.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>
#include <cmath>

namespace pilothouse::fleet {

namespace {

using namespace report;
using Q = QLatin1String;
using promotion::GateState;
using promotion::RequestState;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Report)
};

QString h2(const QString &text) { return QStringLiteral("<h2>%1</h2>\n").arg(escaped(text)); }
QString h3(const QString &text) { return QStringLiteral("<h3>%1</h3>\n").arg(escaped(text)); }
QString paragraph(const QString &text, const char *kind = nullptr) {
    if (text.isEmpty())
        return {};
    return kind ? QStringLiteral("<p class=\"%1\">%2</p>\n").arg(Q(kind), escaped(text)) : QStringLiteral("<p>%1</p>\n").arg(escaped(text));
}
QString when(const QDateTime &time) { return time.isValid() ? utcText(time) : QString(); }
QString versionText(std::optional<int> v) { return v ? QStringLiteral("v%1").arg(*v) : Text::tr("none"); }

QString gateBadge(GateState state) {
    switch (state) {
    case GateState::Pass: return badge("ok", Text::tr("passes"));
    case GateState::Warn: return badge("warn", Text::tr("warns"));
    case GateState::Block: return badge("bad", Text::tr("blocks"));
    case GateState::Waits: return badge("off", Text::tr("waits"));
    case GateState::NotRun: return badge("off", Text::tr("not run"));
    case GateState::Unknown: break;
    }
    return badge("bad", Text::tr("unknown, blocks"));
}

const char *verdictKind(const QString &verdict) { return verdict == Q("better") ? "ok" : verdict == Q("worse") ? "bad" : "off"; }
QString verdictWord(const QString &verdict) {
    return verdict == Q("better") ? Text::tr("better") : verdict == Q("worse") ? Text::tr("worse") : verdict == Q("not distinguishable") ? Text::tr("not distinguishable") : verdict;
}

QString stateWord(RequestState state) {
    switch (state) {
    case RequestState::Pending: return Text::tr("waiting for approval");
    case RequestState::Rejected: return Text::tr("rejected");
    case RequestState::Executing: return Text::tr("being carried out");
    case RequestState::Done: return Text::tr("carried out");
    case RequestState::Undone: return Text::tr("carried out and undone");
    case RequestState::TurnedBack: return Text::tr("carried out and turned back");
    case RequestState::Failed: break;
    }
    return Text::tr("failed");
}
const char *stateKind(RequestState state) {
    return state == RequestState::Done ? "ok" : state == RequestState::Failed || state == RequestState::TurnedBack ? "bad" : state == RequestState::Undone || state == RequestState::Rejected ? "warn" : "off";
}

QString withInterval(double value, double low, double high) {
    return escaped(low <= value && value <= high && low < high ? QStringLiteral("%1 (%2 … %3)").arg(promotion::figure(value), promotion::figure(low), promotion::figure(high)) : promotion::figure(value));
}

/// A JSON value of a lineage or an approval, in a line.
QString valueText(const QJsonValue &v) {
    if (v.isBool())
        return v.toBool() ? Text::tr("yes") : Text::tr("no");
    if (v.isDouble())
        return QString::number(v.toDouble(), 'g', 17);
    if (v.isString())
        return v.toString();
    return v.isNull() || v.isUndefined() ? QString() : QString::fromUtf8(compactJson(v));
}
/// Long words of hex stand in a fixed pitch.
QString shownValue(const QString &text) {
    const bool hash = text.size() >= 40 && std::all_of(text.begin(), text.end(), [](QChar c) { return c.isDigit() || (c.unicode() >= 'a' && c.unicode() <= 'f'); });
    if (hash)
        return hashText(text);
    return text.size() > 60 && !text.contains(QLatin1Char(' ')) ? hashText(text) : escaped(text);
}

QString about(const PromotionReport &p) {
    const promotion::Request &r = p.request;
    const promotion::Evidence &e = r.evidence;
    QString champion = e.championVersion ? versionText(e.championVersion) : e.baseline.isEmpty() ? Text::tr("none") : Text::tr("none; compared with the naive baseline (%1)").arg(e.baseline);
    QString out = facts({{Text::tr("Promotion"), escaped(r.id)},
                         {Text::tr("State"), badge(stateKind(r.state), stateWord(r.state))},
                         {Text::tr("Model"), escaped(r.model)},
                         {Text::tr("Change"), escaped(Text::tr("alias %1: %2 → v%3").arg(r.alias, versionText(r.from)).arg(r.version))},
                         {Text::tr("Candidate, package SHA-256"), hashText(r.digest)},
                         {Text::tr("Champion then"), escaped(champion)},
                         {Text::tr("Champion, package SHA-256"), hashText(e.championDigest)},
                         {Text::tr("Asked by"), escaped(Text::tr("%1, %2").arg(r.requester, when(r.created)))},
                         {Text::tr("Decided"), escaped(when(r.decided))},
                         {Text::tr("Operation"), escaped(r.operation)},
                         {Text::tr("Outcome"), escaped(r.outcome)}});
    return out;
}

QString gates(const promotion::Evidence &e) {
    QString out = h2(Text::tr("Gates"));
    if (e.gates.empty())
        return out + paragraph(Text::tr("No gate was judged: that blocks."), "bad");
    Rows rows({Text::tr("State"), Text::tr("Rule"), Text::tr("Value"), Text::tr("Source of the limit")});
    for (const promotion::GateResult &g : e.gates)
        rows.add({gateBadge(g.state), escaped(g.rule), escaped(g.value), escaped(g.source)});
    return out + rows.html();
}

QString comparison(const promotion::Evidence &e) {
    const QString champion = promotion::opponentName(e), candidate = versionText(e.candidateVersion);
    QString out = h2(Text::tr("Both models on the same rows"));
    out += e.sentence.isEmpty() ? QString() : QStringLiteral("<p><b>%1</b></p>\n").arg(escaped(e.sentence));
    out += paragraph(e.problem, "bad") + paragraph(e.disagreement, "warn");
    if (!e.metrics.empty()) {
        Rows rows({Text::tr("Metric"), QLatin1Char('>') + champion, QLatin1Char('>') + candidate, QLatin1Char('>') + Text::tr("Change (95 % interval)"), Text::tr("Verdict")});
        std::vector<ForestLine> lines;
        for (const promotion::MetricComparison &m : e.metrics) {
            const QString name = m.unit.isEmpty() ? m.metric : QStringLiteral("%1, %2").arg(m.metric, m.unit);
            rows.add({escaped(name), withInterval(m.champion, m.ofChampion.low, m.ofChampion.high), withInterval(m.candidate, m.ofCandidate.low, m.ofCandidate.high), escaped(promotion::changeText(m)),
                      badge(verdictKind(m.verdict), verdictWord(m.verdict))});
            lines.push_back({m.metric, promotion::changeText(m), m.change, m.low, m.high, verdictKind(m.verdict)});
        }
        out += rows.html() + forestSvg(Text::tr("Change of each metric with its 95 % interval"), lines, Text::tr("lower"), Text::tr("higher"));
    }
    out += facts({{Text::tr("Rows"), escaped(QString::number(e.rows))},
                  {Text::tr("Taken from"), escaped(e.rowsFrom)},
                  {Text::tr("Left out: the champion was trained on them"), e.excludedRows ? QString::number(e.excludedRows) : QString()},
                  {Text::tr("Left out: the champion cannot take them"), e.notForChampion ? QString::number(e.notForChampion) : QString()},
                  {Text::tr("Paired test"), e.pairedTest.isEmpty() ? QString() : escaped(QStringLiteral("p = %1, %2").arg(QString::number(e.pairedP, 'g', 3), e.pairedTest))},
                  {Text::tr("Intervals"), escaped(e.bootstrap)},
                  {Text::tr("Computed"), escaped(Text::tr("%1, in %2 s").arg(when(e.computed), QString::number(e.seconds, 'f', 1)))}});
    out += densitySvg(Text::tr("Distribution of the error, predicted minus true"), e.residualEdges, e.championResiduals, e.candidateResiduals, champion, candidate);
    return out;
}

QString confusion(const QString &name, const std::vector<QString> &classes, const std::vector<std::vector<double>> &counts) {
    if (counts.empty())
        return {};
    QStringList heads{Text::tr("true class")};
    for (const QString &c : classes)
        heads << QLatin1Char('>') + Text::tr("as %1").arg(c);
    Rows rows(heads);
    for (std::size_t i = 0; i < counts.size() && i < classes.size(); ++i) {
        QStringList cells{escaped(classes[i])};
        for (const double n : counts[i])
            cells << QString::number(n, 'f', 0);
        rows.add(cells);
    }
    return h3(name) + rows.html();
}

QString classes(const promotion::Evidence &e) {
    if (e.classes.empty())
        return {};
    const QString champion = promotion::opponentName(e), candidate = versionText(e.candidateVersion);
    QString out = h2(Text::tr("Classes")) + confusion(Text::tr("Rows by class, %1").arg(champion), e.classes, e.championConfusion) +
                  confusion(Text::tr("Rows by class, %1").arg(candidate), e.classes, e.candidateConfusion);
    if (e.classes.size() == 2 && (!e.championCalibration.empty() || !e.candidateCalibration.empty()))
        out += h3(Text::tr("Calibration of “%1”").arg(e.classes[1])) +
               calibrationSvg(Text::tr("How often the class came by the probability that was given for it"), e.championCalibration, e.candidateCalibration, champion, candidate);
    return out;
}

QString slices(const promotion::Evidence &e) {
    if (e.slices.empty())
        return {};
    Rows rows({Text::tr("Group"), QLatin1Char('>') + Text::tr("Rows"), QLatin1Char('>') + promotion::opponentName(e), QLatin1Char('>') + versionText(e.candidateVersion),
               QLatin1Char('>') + Text::tr("Change (95 % interval)"), Text::tr("Verdict")});
    for (const metrics::PairedSlice &s : e.slices) {
        const QString change = std::isfinite(s.low) ? QStringLiteral("%1 (%2 … %3)").arg(promotion::signedFigure(s.change), promotion::signedFigure(s.low), promotion::signedFigure(s.high)) : promotion::signedFigure(s.change);
        rows.add({escaped(QStringLiteral("%1 = %2").arg(s.by, s.name)), QString::number(s.rows), escaped(promotion::figure(s.a)), escaped(promotion::figure(s.b)), escaped(change),
                  std::isnan(s.adjusted) ? badge("off", Text::tr("too few rows")) : badge(verdictKind(s.verdict), verdictWord(s.verdict))});
    }
    return h2(Text::tr("Slices, by %1").arg(e.selectMetric)) + rows.html();
}

QString trainingDrift(const promotion::Evidence &e) {
    if (e.trainingDrift.columns.empty() && e.trainingDrift.notCompared.empty())
        return {};
    std::vector<const drift::ColumnDrift *> order;
    for (const drift::ColumnDrift &c : e.trainingDrift.columns)
        order.push_back(&c);
    std::stable_sort(order.begin(), order.end(), [](const auto *a, const auto *b) { return (std::isnan(a->psi) ? -1 : a->psi) > (std::isnan(b->psi) ? -1 : b->psi); });
    Rows rows({Text::tr("Column"), Text::tr("Drift"), QLatin1Char('>') + Text::tr("PSI"), QLatin1Char('>') + Text::tr("by chance"), QLatin1Char('>') + Text::tr("Rows then"), QLatin1Char('>') + Text::tr("Rows now")});
    for (const drift::ColumnDrift *c : order)
        rows.add({escaped(c->name), c->tooFewRows ? badge("off", Text::tr("too few rows")) : c->drifted ? badge("bad", Text::tr("high")) : c->warning ? badge("warn", Text::tr("moderate")) : badge("ok", Text::tr("low")),
                  escaped(promotion::figure(c->psi)), escaped(promotion::figure(c->psiByChance)), QString::number(c->referenceRows), QString::number(c->currentRows)});
    QString out = h2(Text::tr("Training data against the champion's")) + rows.html();
    for (const drift::NotCompared &c : e.trainingDrift.notCompared)
        out += paragraph(Text::tr("%1 was not compared: %2").arg(c.name, c.reason), "quiet");
    return out;
}

void flatten(const QString &prefix, const QJsonObject &object, std::vector<std::pair<QString, QString>> &out) {
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QString name = prefix.isEmpty() ? it.key() : prefix + QStringLiteral(", ") + it.key();
        if (it->isObject())
            flatten(name, it->toObject(), out);
        else
            out.emplace_back(name, shownValue(valueText(*it)));
    }
}

QString lineage(const promotion::Evidence &e) {
    std::vector<std::pair<QString, QString>> rows;
    flatten({}, e.lineage, rows);
    return h2(Text::tr("Where the candidate comes from")) + (rows.empty() ? paragraph(Text::tr("Nothing was recorded."), "quiet") : facts(rows));
}

QString approvals(const promotion::Request &r) {
    QString out = h2(Text::tr("Approvals"));
    out += paragraph(Text::tr("%1 needed, %2 given.").arg(r.approvalsNeeded).arg(r.approved()) +
                     (r.preventSelfApproval ? QLatin1Char(' ') + Text::tr("Who asked for it or made the version may not approve it.") : QString()));
    const QJsonObject recorded = r.toJson(); // with whatever is kept beside: keys, signatures, why one does not count
    for (const char *key : {"doubt", "not_signed"})
        out += paragraph(valueText(recorded.value(Q(key))), "warn");
    if (r.approvals.empty())
        return out + paragraph(Text::tr("Nobody has decided yet."), "quiet");
    Rows rows({Text::tr("Who"), Text::tr("Decision"), Text::tr("When"), Text::tr("Comment")});
    for (const promotion::Approval &a : r.approvals)
        rows.add({escaped(a.actor), a.approved ? badge("ok", Text::tr("approved")) : badge("bad", Text::tr("rejected")), escaped(when(a.time)), escaped(a.comment)});
    out += rows.html();
    static const QStringList shown{QStringLiteral("actor"), QStringLiteral("approved"), QStringLiteral("comment"), QStringLiteral("time")};
    const QJsonArray voices = recorded.value(Q("approvals")).toArray();
    for (const QJsonValue &v : voices) {
        QJsonObject rest = v.toObject();
        for (const QString &key : shown)
            rest.remove(key);
        std::vector<std::pair<QString, QString>> lines;
        flatten({}, rest, lines);
        if (const QString table = facts(lines); !table.isEmpty())
            out += h3(Text::tr("Kept with the decision of %1").arg(v.toObject().value(Q("actor")).toString())) + table;
    }
    return out;
}

/// The calls of the line that began it; of a pending one what would be done.
QString calls(const PromotionReport &p) {
    QString out;
    Rows plan({Text::tr("Call"), Text::tr("Effect"), Text::tr("Undo")});
    for (const operations::PlannedCall &c : p.plan)
        plan.add({escaped(c.verb + QLatin1Char(' ') + c.object), escaped(c.effect), escaped(c.undo)});
    if (!plan.empty())
        out += h2(Text::tr("What approving will do")) + plan.html();
    for (const operations::JournalEntry &begin : p.lines) {
        if (begin.phase != Q("executing") || (begin.kind != Q("promote") && begin.kind != Q("undo") && begin.kind != Q("turn-back")))
            continue;
        const operations::JournalEntry *end = nullptr;
        for (const operations::JournalEntry &e : p.lines)
            if (e.operation == begin.operation && e.sequence > begin.sequence && e.phase != Q("executing") && !end)
                end = &e;
        Rows rows({Text::tr("Call"), Text::tr("Effect"), Text::tr("Undo"), Text::tr("Came to")});
        const QJsonArray planned = begin.details.value(Q("calls")).toArray(), steps = end ? end->details.value(Q("steps")).toArray() : QJsonArray();
        for (qsizetype i = 0; i < planned.size(); ++i) {
            const QJsonObject c = planned[i].toObject(), step = steps.at(i).toObject();
            const QString state = step.value(Q("state")).toString(), error = step.value(Q("error")).toString();
            rows.add({escaped(c.value(Q("verb")).toString() + QLatin1Char(' ') + c.value(Q("object")).toString()), escaped(c.value(Q("effect")).toString()), escaped(c.value(Q("undo")).toString()),
                      badge(state == Q("done") ? "ok" : state.isEmpty() || state == Q("not sent") ? "off" : "bad", state.isEmpty() ? Text::tr("not known") : state) + (error.isEmpty() ? QString() : QStringLiteral("<br/>") + escaped(error))});
        }
        out += h2(Text::tr("Carried out: %1").arg(begin.details.value(Q("summary")).toString()));
        out += paragraph(end ? Text::tr("By %1 with %2, begun %3, ended %4 (%5).").arg(begin.actor, begin.program, when(begin.time), when(end->time), end->phase)
                             : Text::tr("By %1 with %2, begun %3; the journal has no line of its end.").arg(begin.actor, begin.program, when(begin.time)));
        out += rows.html();
    }
    if (!p.rollout.empty()) {
        Rows rows({Text::tr("When"), Text::tr("What"), Text::tr("By"), Text::tr("Why")});
        for (const Change &c : p.rollout)
            rows.add({escaped(when(c.time)), escaped(c.what), escaped(c.by), escaped(c.why)});
        out += h2(Text::tr("Rollout")) + rows.html();
    }
    return out;
}

QString journal(const ReportFrame &frame, const PromotionReport &p) {
    QString out = h2(Text::tr("Journal"));
    out += QStringLiteral("<p>%1 %2</p>\n").arg(frame.check.intact ? badge("ok", Text::tr("verifies")) : badge("bad", Text::tr("does not verify")), escaped(frame.check.finding));
    if (p.lines.empty())
        return out + paragraph(Text::tr("The journal here has no line of it."), "warn");
    Rows rows({QLatin1Char('>') + Text::tr("Line"), Text::tr("When"), Text::tr("Who, with"), Text::tr("What"), Text::tr("Hash of the line, SHA-256")});
    QString recorded;
    for (const operations::JournalEntry &e : p.lines) {
        rows.add({QString::number(e.sequence), escaped(when(e.time)), escaped(QStringLiteral("%1, %2").arg(e.actor, e.program)), escaped(QStringLiteral("%1: %2").arg(e.kind, e.phase)) +
                      QStringLiteral("<br/>") + QStringLiteral("<span class=\"mono\">%1</span>").arg(escaped(e.operation)), hashText(e.hash)});
        if (e.kind == Q("promotion-request") && e.phase == Q("executing") && recorded.isEmpty())
            recorded = e.details.value(Q("evidence")).toString();
    }
    out += rows.html();
    const QString now = digestAsAsked(p.request);
    const QString match = recorded.isEmpty()  ? badge("off", Text::tr("the journal here holds none to compare with"))
                          : recorded == now ? badge("ok", Text::tr("the same as the journal holds of the asking"))
                                            : badge("bad", Text::tr("not the same as the journal holds of the asking: %1").arg(recorded));
    return out + facts({{Text::tr("Evidence, SHA-256"), hashText(now) + QStringLiteral("<br/>") + match}});
}

/// Lines of the two cards that only one of them has.
QString cardDifference(const QString &before, const QString &now) {
    const QStringList a = before.split(QLatin1Char('\n')), b = now.split(QLatin1Char('\n'));
    const QSet<QString> inA(a.begin(), a.end()), inB(b.begin(), b.end());
    Rows rows({Text::tr("Only in the champion's card"), Text::tr("Only in the candidate's card")});
    QStringList left, right;
    for (const QString &l : a)
        if (!inB.contains(l) && !l.trimmed().isEmpty())
            left << l;
    for (const QString &l : b)
        if (!inA.contains(l) && !l.trimmed().isEmpty())
            right << l;
    for (qsizetype i = 0; i < std::max(left.size(), right.size()); ++i)
        rows.add({i < left.size() ? escaped(left[i]) : QString(), i < right.size() ? escaped(right[i]) : QString()});
    return rows.empty() ? paragraph(Text::tr("The cards are the same."), "quiet") : rows.html();
}

QString cards(const PromotionReport &p) {
    QString out = h2(Text::tr("Model card of v%1").arg(p.request.version));
    out += p.card.isEmpty() ? paragraph(Text::tr("It is not to be had: the package is not on this machine, or has none."), "quiet") : markdownHtml(p.card);
    if (!p.card.isEmpty() && !p.championCard.isEmpty())
        out += h2(Text::tr("What differs from the champion's card")) + cardDifference(p.championCard, p.card);
    return out;
}

QString promotionBody(const ReportFrame &frame, const PromotionReport &p) {
    const promotion::Evidence &e = p.request.evidence;
    return about(p) + gates(e) + comparison(e) + classes(e) + slices(e) + trainingDrift(e) + lineage(e) + approvals(p.request) + calls(p) + journal(frame, p) + cards(p);
}

QString framed(const ReportFrame &frame, const QString &title, const QString &body) {
    const QString foot = Text::tr("Gates, figures and comments stand as they were recorded. The journal is checked by “pilot journal verify”: each line holds the hash of the one before it.");
    return QStringLiteral("<h1>%1</h1>\n%2%3<h2>%4</h2>\n%5")
        .arg(escaped(title), paragraph(Text::tr("Workspace %1. Made %2 by %3. All times are UTC.").arg(frame.workspace, utcText(frame.made), frame.program), "quiet"), body, escaped(Text::tr("How to check this")), paragraph(foot));
}

QString language() { return Text::tr("en", "language of the report"); }

QString liveTable(const History &h, const QDateTime &since, const QDateTime &until) {
    QString out = h2(Text::tr("What was live when"));
    if (h.live.empty())
        return out + paragraph(Text::tr("The alias %1 was never set in this time.").arg(h.alias), "quiet");
    const QDateTime first = since.isValid() ? since : h.live.back().from, last = until.isValid() && until < h.read ? until : h.read;
    const double length = double(std::max<qint64>(1, first.msecsTo(last)));
    std::vector<Stretch> stretches;
    Rows rows({Text::tr("Version"), Text::tr("From"), Text::tr("To"), Text::tr("By"), Text::tr("Why")});
    for (auto s = h.live.rbegin(); s != h.live.rend(); ++s) {
        stretches.push_back({versionText(s->version), double(first.msecsTo(s->from)) / length, s->to.isValid() ? double(first.msecsTo(s->to)) / length : 1, s->version.value_or(0), s->outside});
        rows.add({QStringLiteral("<b>%1</b>").arg(escaped(versionText(s->version))), escaped(when(s->from)), escaped(s->to.isValid() ? when(s->to) : Text::tr("still")),
                  s->outside ? badge("warn", Text::tr("outside Pilothouse")) : escaped(s->by), escaped(s->why)});
    }
    return out + stretchesSvg(Text::tr("Live versions over time"), stretches, utcText(first), utcText(last)) + rows.html();
}

QString changeTable(const History &h) {
    Rows rows({Text::tr("When"), Text::tr("Kind"), Text::tr("What"), Text::tr("By"), Text::tr("Known from")});
    for (auto c = h.changes.rbegin(); c != h.changes.rend(); ++c) {
        const bool bad = c->kind == ChangeKind::Failed || c->kind == ChangeKind::TurnedBack, warn = c->kind == ChangeKind::Outside || c->kind == ChangeKind::Refused || c->kind == ChangeKind::Skew;
        QString known = escaped(c->source);
        if (c->journalLine && !c->source.contains(QString::number(c->journalLine)))
            known += QStringLiteral("<br/>") + escaped(Text::tr("journal line %1").arg(c->journalLine));
        rows.add({escaped(when(c->time)), bad || warn ? badge(bad ? "bad" : "warn", changeKindWord(c->kind)) : escaped(changeKindWord(c->kind)),
                  escaped(c->what) + (c->why.isEmpty() ? QString() : QStringLiteral("<br/><span class=\"quiet\">%1</span>").arg(escaped(c->why))), escaped(c->by), known});
    }
    return h2(Text::tr("Every change")) + (rows.empty() ? paragraph(Text::tr("Nothing was changed in this time."), "quiet") : rows.html());
}

} // namespace

QByteArray promotionReportHtml(const ReportFrame &frame, const PromotionReport &report) {
    const QString title = Text::tr("Evidence report: %1 v%2 to %3").arg(report.request.model, QString::number(report.request.version), report.request.alias);
    return page(language(), title, framed(frame, title, promotionBody(frame, report)));
}

QByteArray modelReportHtml(const ReportFrame &frame, const History &history, const QDateTime &since, const QDateTime &until, const std::vector<PromotionReport> &promotions) {
    const History shown = within(history, since, until);
    const QString title = Text::tr("Evidence report: model %1").arg(history.model);
    QString body = facts({{Text::tr("Model"), escaped(history.model)}, {Text::tr("Registry"), escaped(history.source)}, {Text::tr("Alias"), escaped(history.alias)},
                          {Text::tr("From"), escaped(since.isValid() ? when(since) : Text::tr("the beginning"))}, {Text::tr("Until"), escaped(until.isValid() ? when(until) : when(history.read))}});
    body += QStringLiteral("<p>%1 %2</p>\n").arg(frame.check.intact ? badge("ok", Text::tr("The journal verifies.")) : badge("bad", Text::tr("The journal does not verify.")), escaped(frame.check.finding));
    body += liveTable(shown, since, until) + changeTable(shown);
    for (const PromotionReport &p : promotions)
        body += QStringLiteral("<h1 style=\"page-break-before:always\">%1</h1>\n").arg(escaped(Text::tr("Promotion %1: v%2 to %3").arg(p.request.id, QString::number(p.request.version), p.request.alias))) + promotionBody(frame, p);
    return page(language(), title, framed(frame, title, body));
}

} // namespace pilothouse::fleet
