// SPDX-License-Identifier: GPL-3.0-or-later
// pilot skew [MODEL] [--json]: does the endpoint serve what the alias says? Asks the endpoints now. Exit 1 if one does not.
//   --json {"models":[{"model","alias_version"|null, … as fleet::Skew::toJson()}]}
#include "app/pilot/verb.h"

#include "core/fleet/skew_watch.h"
#include "core/fleet/snapshot.h"

#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string model;
};

QString ageText(qint64 seconds) {
    return seconds < 120 ? QStringLiteral("%1 s").arg(seconds) : seconds < 7200 ? QStringLiteral("%1 min").arg(seconds / 60) : seconds < 172800 ? QStringLiteral("%1 h").arg(seconds / 3600) : QStringLiteral("%1 d").arg(seconds / 86400);
}

Result<void> skew(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    const QString wanted = QString::fromStdString(options.model);
    if (!wanted.isEmpty() && !services->workspace.model(wanted))
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(wanted), services->workspace.file);
    services->skew->refresh(*services, context.stop());
    const fleet::Snapshot snapshot = fleet::readSnapshot(*services);
    QJsonArray models;
    QStringList lines;
    for (const fleet::ModelRow &row : snapshot.models) {
        if (!wanted.isEmpty() && row.name != wanted)
            continue;
        const fleet::Skew &s = row.served;
        QJsonObject object = s.toJson();
        object.insert(Q("model"), row.name);
        object.insert(Q("alias_version"), row.liveVersion ? QJsonValue(*row.liveVersion) : QJsonValue());
        models.append(object);
        lines += QStringLiteral("%1  %2  %3").arg(row.name.leftJustified(24), fleet::skewStateName(s.state).leftJustified(8), s.what.isEmpty() ? s.why : s.what).trimmed();
        if (!s.skewed())
            continue;
        context.exitCodeWanted = 1;
        lines += QStringLiteral("    %1 (%2, first seen %3 ago)").arg(s.why, fleet::skewCauseName(s.cause), ageText(s.since.secsTo(snapshot.read)));
        lines += QStringLiteral("    %1%2").arg(s.remedy, s.command.isEmpty() ? QString() : QStringLiteral(" Run: ") + s.command);
    }
    for (const Error &problem : snapshot.problems)
        context.note(problem.text());
    context.answer({{Q("models"), models}}, lines.isEmpty() ? QStringLiteral("The workspace has no model.") : lines.join(QLatin1Char('\n')));
    return {};
}

const Verb verb("skew", "Does each endpoint serve what its alias says?", [](CLI::App &app, VerbBody &body) {
    static Options options;
    app.add_option("MODEL", options.model, "Only this model of the workspace");
    app.callback([&body] { body = [](Context &context) { return skew(context, options); }; });
});

} // namespace
} // namespace pilothouse
