// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/demo_traffic.h"

#include "core/fleet/endpoint.h"

#include <QElapsedTimer>
#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;

constexpr int windowMillisecondsPerHour = 25; // 40 requests a second to each model: a drift shows within a minute

qint64 sentOf(const demo::ReplayProgress &progress) {
    qint64 sent = 0;
    for (const demo::TargetProgress &target : progress.targets)
        sent += target.sent;
    return sent;
}

/// The stage of the progress event; the window has a sentence for each.
QString stageOf(const demo::ReplayProgress &progress) {
    return sentOf(progress) == 0 ? QStringLiteral("waiting") : progress.drifting ? QStringLiteral("drifting") : QStringLiteral("sending");
}

QString sentenceOf(const demo::ReplayProgress &progress) {
    qint64 failed = 0;
    for (const demo::TargetProgress &target : progress.targets)
        failed += target.failed;
    return QStringLiteral("%1 requests, %2 failed%3").arg(sentOf(progress)).arg(failed).arg(progress.drifting ? QStringLiteral("; the wind sensor drifts") : QString());
}

QJsonObject toJson(const demo::ReplayProgress &progress) {
    QJsonArray targets;
    for (const demo::TargetProgress &target : progress.targets)
        targets.append(QJsonObject{{Q("model"), target.model}, {Q("sent"), target.sent}, {Q("failed"), target.failed}, {Q("labelled"), target.labelled},
                                   {Q("mae"), target.meanAbsoluteError ? QJsonValue(*target.meanAbsoluteError) : QJsonValue()}});
    return {{Q("row"), qint64(progress.row)}, {Q("drifting"), progress.drifting}, {Q("targets"), targets}};
}

} // namespace

demo::ReplayOptions demoReplay(const std::shared_ptr<fleet::Services> &services, const QString &folder, int millisecondsPerHour, std::size_t driftAfter) {
    demo::ReplayOptions options;
    options.folder = folder;
    options.millisecondsPerHour = millisecondsPerHour;
    options.driftAfter = driftAfter;
    for (const workspace::Model &model : services->workspace.models) {
        demo::ReplayTarget target;
        target.model = target.column = model.name;
        target.endpoint = [services, name = model.name]() -> Result<demo::ReplayEndpoint> {
            const auto at = fleet::servedAt(*services, name);
            if (!at)
                return demo::ReplayEndpoint{}; // not there yet
            return demo::ReplayEndpoint{at->url, {{"X-API-Key", at->apiKey.toUtf8()}}, {}};
        };
        options.targets.push_back(std::move(target));
    }
    return options;
}

Result<void> demoTraffic(Context &context, const std::shared_ptr<fleet::Services> &services, const QString &folder, int hours) {
    QElapsedTimer told;
    const auto ended = demo::replay(*services->http, demoReplay(services, folder, windowMillisecondsPerHour, std::size_t(hours)),
                                    [&](const demo::ReplayProgress &progress) {
                                        if (told.isValid() && told.elapsed() < 500)
                                            return;
                                        told.start();
                                        context.events().progress(sentOf(progress), 0, QStringLiteral("requests"), -1, stageOf(progress));
                                    },
                                    context.stop());
    if (!ended)
        return ended.error();
    context.answer(toJson(*ended), sentenceOf(*ended));
    return {};
}

} // namespace pilothouse
