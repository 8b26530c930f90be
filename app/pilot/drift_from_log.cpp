// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/drift_from_log.h"

#include "app/pilot/moment_option.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/fleet/services.h"
#include "core/serving/log_reader.h"
#include "core/serving/server_folder.h"

#include <limits>

namespace pilothouse {

namespace {

using Q = QLatin1String;

Result<LoggedSide> readSide(Context &context, Database &database, const LogDrift &options, qint64 since, qint64 until, const QString &name) {
    const QDateTime from = QDateTime::fromMSecsSinceEpoch(since, Qt::UTC), to = QDateTime::fromMSecsSinceEpoch(until, Qt::UTC);
    PH_ASSIGN(serving::LoggedRows logged, serving::newestRows(database, options.rows, from, to));
    qint64 answered = 0;
    PH_TRY(database.query(QStringLiteral("SELECT COALESCE(SUM(rows),0) FROM predictions WHERE status<400 AND time>=?1 AND time<?2"), [&](Statement &s) { s.bind(1, since).bind(2, until); },
                          [&](const Statement &s) { answered = s.integer(0); }));
    const QString span = QStringLiteral("%1 … %2").arg(isoUtc(from), isoUtc(to));
    const auto rows = qint64(logged.table.rows());
    if (rows == 0)
        return notFound(answered == 0 ? QStringLiteral("Nothing was answered in this time: %1.").arg(span) : QStringLiteral("None of the %1 rows answered in this time can be compared: %2.").arg(answered).arg(span), database.path(),
                        answered == 0 ? QStringLiteral("Name another --since and --until.") : QStringLiteral("They are of versions with other inputs than the newest, or damaged. Name the time of one version with --since and --until."));
    if (rows == qint64(options.rows) && answered > rows)
        context.note(QStringLiteral("%1: the newest %2 of %3 rows (--rows).").arg(name).arg(rows).arg(answered));
    else if (answered > rows)
        context.note(QStringLiteral("%1: %2 of %3 rows are not compared: they are of versions with other inputs than the newest, or damaged.").arg(name).arg(answered - rows).arg(answered));
    LoggedSide side;
    side.name = QStringLiteral("%1 (%2)").arg(name, QStringLiteral("%1 … %2").arg(isoUtc(logged.from), isoUtc(logged.to)));
    serving::AnswerNames names = serving::nameAnswers(logged);
    side.predicted = std::move(names.predicted);
    side.targets = std::move(names.targets);
    side.table = std::move(logged.table);
    return side;
}

} // namespace

void LogDrift::addTo(CLI::App &app) {
    constexpr const char *group = "From what was asked and answered";
    CLI::Option *const name = app.add_option("MODEL", model, "A model of the workspace, with --from")->group(group);
    CLI::Option *const source = app.add_option("--from", from, "log: the current rows are what the model's endpoint on this machine was asked and answered, with the labels that came; endpoint: the newest answers that a service elsewhere tells (GET /logs/N)")->check(CLI::IsMember({"log", "endpoint"}))->group(group)->needs(name);
    name->needs(source);
    app.add_option("--since", since, "From this date or time on")->group(group)->needs(source);
    app.add_option("--until", until, "Before this date or time")->group(group)->needs(source);
    app.add_option("--reference-since", referenceSince, "Against the log itself from this date or time on (else against the training rows)")->group(group)->needs(source);
    app.add_option("--reference-until", referenceUntil, "Before this one (else before --since)")->group(group)->needs(source);
    app.add_option("--rows", rows, "The newest ones of each stretch, at most")->capture_default_str()->check(CLI::Range(1, 10000000))->group(group)->needs(source);
}

Result<LoggedDrift> readLoggedDrift(Context &context, const LogDrift &options) {
    PH_ASSIGN(const auto services, context.services());
    const QString name = QString::fromStdString(options.model);
    const workspace::Model *model = services->workspace.model(name);
    if (!model)
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(name), services->workspace.file);
    if (model->deployment.target.isEmpty())
        return notFound(QStringLiteral("%1 has no prediction log here: the workspace names no deployment of it on this machine.").arg(name), services->workspace.file);
    PH_ASSIGN(const QString folder, serving::servingFolder(services->root, model->deployment.target));
    PH_ASSIGN(const auto database, serving::openServingDatabase(folder));
    const QTimeZone zone(services->workspace.zone.toUtf8());
    const qint64 now = services->clock->nowUtc().toMSecsSinceEpoch() + 1;
    PH_ASSIGN(const qint64 since, momentOf(options.since, "--since", zone, 0));
    PH_ASSIGN(const qint64 until, momentOf(options.until, "--until", zone, now));
    if (since >= until)
        return invalid(QStringLiteral("--until is not after --since."));
    LoggedDrift out;
    out.model = model->registry.name;
    QByteArray signature;
    PH_TRY(database->query(QStringLiteral("SELECT r.version,r.signature FROM predictions p JOIN revisions r ON r.number=p.revision WHERE p.status<400 ORDER BY p.seq DESC LIMIT 1"), {}, [&](const Statement &s) {
        out.version = int(s.integer(0));
        signature = s.blob(1);
    }));
    PH_ASSIGN(out.current, readSide(context, *database, options, since, until, QStringLiteral("prediction log")));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(signature, database->path()));
    PH_ASSIGN(out.signature, artifact::Signature::fromJson(object, database->path()));
    if (options.ownReference()) {
        PH_ASSIGN(const qint64 first, momentOf(options.referenceSince, "--reference-since", zone, 0));
        PH_ASSIGN(const qint64 last, momentOf(options.referenceUntil, "--reference-until", zone, since));
        if (first >= last)
            return invalid(QStringLiteral("The reference's stretch of the log has no length."), QStringLiteral("--reference-until"), QStringLiteral("Name --since or --reference-until after --reference-since."));
        PH_ASSIGN(out.reference, readSide(context, *database, options, first, last, QStringLiteral("prediction log before")));
    }
    return out;
}

} // namespace pilothouse
