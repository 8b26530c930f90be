// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/fleet/evidence_report.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Report)
};

ReportFrame frameOf(const Services &services) {
    ReportFrame frame{services.workspace.name, QStringLiteral("Pilothouse ") + QCoreApplication::applicationVersion(), services.clock->nowUtc(), {}};
    if (const auto check = services.journal->verify())
        frame.check = *check;
    else
        frame.check.finding = check.error().text();
    return frame;
}

QString cardOf(const Services &services, const QString &model, std::optional<int> version, const QString &digest) {
    if (!version)
        return {};
    const auto v = services.registry->version(model, *version); // a package elsewhere is not fetched for a report
    if (!v || (!digest.isEmpty() && v->digest != digest))
        return {};
    const auto card = readFile(v->source + QStringLiteral("/MODEL_CARD.md"));
    return card ? QString::fromUtf8(card->left(256 * 1024)) : QString();
}

PromotionReport partsOf(const Services &services, promotion::Request request, const std::vector<operations::JournalEntry> &entries, const History *history) {
    PromotionReport out;
    QStringList operations{request.id, request.operation};
    for (const operations::JournalEntry &e : entries)
        if (e.details.value(Q("promotion")).toString() == request.id)
            operations << e.operation;
    operations.removeAll(QString());
    for (const operations::JournalEntry &e : entries)
        if (operations.contains(e.operation))
            out.lines.push_back(e);
    std::sort(out.lines.begin(), out.lines.end(), [](const auto &a, const auto &b) { return a.sequence < b.sequence; });
    if (request.state == promotion::RequestState::Pending)
        if (const auto plan = services.promotions->plan(request.model, request.version, request.alias))
            out.plan = plan->plan();
    if (history && !request.operation.isEmpty())
        for (auto c = history->changes.rbegin(); c != history->changes.rend(); ++c)
            if (c->kind == ChangeKind::Rollout && (c->promotion == request.id || c->operation == request.id || (c->version == request.version && c->time >= request.created)))
                out.rollout.push_back(*c);
    out.card = cardOf(services, request.model, request.version, request.digest);
    out.championCard = cardOf(services, request.model, request.evidence.championVersion, request.evidence.championDigest);
    out.request = std::move(request);
    return out;
}

} // namespace

Result<QByteArray> promotionReport(const Services &services, const QString &id) {
    PH_ASSIGN(promotion::Request request, services.promotions->requestById(id));
    PH_ASSIGN(const auto entries, services.journal->entries());
    const auto history = readHistory(services, request.model, request.alias); // without it the rollout's part is missing
    return promotionReportHtml(frameOf(services), partsOf(services, std::move(request), entries, history ? &*history : nullptr));
}

Result<QByteArray> modelReport(const Services &services, const QString &model, const QDateTime &since, const QDateTime &until, const QString &connection) {
    if (since.isValid() && until.isValid() && until <= since)
        return invalid(Text::tr("The end of the time is not after its beginning."));
    PH_ASSIGN(const History history, readHistory(services, model, {}, connection));
    PH_ASSIGN(const auto requests, services.promotions->requests(model));
    PH_ASSIGN(const auto entries, services.journal->entries());
    std::vector<PromotionReport> parts;
    for (auto r = requests.rbegin(); r != requests.rend(); ++r) { // as they came
        const QDateTime last = r->decided.isValid() ? r->decided : r->created;
        if ((since.isValid() && last < since) || (until.isValid() && r->created >= until))
            continue;
        parts.push_back(partsOf(services, *r, entries, &history));
    }
    return modelReportHtml(frameOf(services), history, since, until, parts);
}

} // namespace pilothouse::fleet
