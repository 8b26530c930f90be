// SPDX-License-Identifier: GPL-3.0-or-later
// pilot accuracy MODEL [--day yesterday|today|DATE] [--by hour|day|week] [--metric NAME[@TARGET]] [--slice COLUMN] [--labels FILE|URL [--labels-query SQL]] [--from TIME] [--to TIME] [--rolling N] [--minimum-rows N] [--estimated] [--why [--since TIME]] [--csv FILE] [--report FILE.html] [--json]
//   What the labels that came say of the predictions of the model's endpoint on this machine, by the time of the prediction, in the workspace's time zone (weeks are ISO weeks).
//   --day is one calendar day, told in a sentence with the rows that it stands on; of few rows, too (6, where other stretches need 30). The log is that of the model's target on this machine, else of
//   a server that runs beside a deployment elsewhere: pilot serve MODEL --target serving/MODEL.
//   Without --labels, the source that the workspace names for the model (labels: {source, query}) is read; one that cannot be read is told, and the labels of the log alone count.
//   --json {"labels" or "labels_problem" where a source is named,"model","metric","interval","larger_is_better","by","zone","minimum_rows","rolling","predictions","labelled","buckets":[… as serving::AccuracySeries::toJson()],
//           "deploys":[{"time","version","revision","outcome"}],"slices":[{"by","name","buckets":[…]}],"estimated":{… as EstimatedSeries::toJson()},"why":{… as AccuracyWhy::toJson()},
//           "day":{… as fleet::DayAccuracy::toJson()}}
#include "app/pilot/accuracy_labels.h"
#include "app/pilot/accuracy_table.h"
#include "app/pilot/model_ref.h"
#include "app/pilot/moment_option.h"
#include "app/pilot/report_page.h"
#include "app/pilot/verb.h"

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/fleet/accuracy_report.h"
#include "core/fleet/accuracy_view.h"
#include "core/fleet/day_accuracy.h"
#include "core/serving/log_reader.h"
#include "core/serving/server_folder.h"

#include <QJsonArray>

#include <algorithm>
#include <limits>
#include <optional>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string model, by = "day", metric, slice, from, to, csv, report;
    int rolling = 0, minimumRows = 0;
    std::string since, labels, labelsQuery, day;
    bool estimated = false, why = false;
};

/// A calendar day of the workspace's zone.
Result<QDate> dayOf(const std::string &text, const fleet::Services &services) {
    const QDate yesterday = fleet::yesterdayIn(services.workspace, services.clock->nowUtc());
    if (text == "yesterday" || text == "today")
        return text == "today" ? yesterday.addDays(1) : yesterday;
    if (const QDate day = QDate::fromString(QString::fromStdString(text), Qt::ISODate); day.isValid() && text.size() == 10)
        return day;
    return invalid(QStringLiteral("“%1” is no day.").arg(QString::fromStdString(text)), QStringLiteral("--day"), QStringLiteral("Write yesterday, today or a date like 2026-03-01."));
}

Result<void> accuracy(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    const QString name = QString::fromStdString(options.model);
    const workspace::Model *model = services->workspace.model(name);
    if (!model)
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(name), services->workspace.file);
    PH_ASSIGN(const QString folder, serving::servingFolder(services->root, fleet::logTargetOf(*model)));
    const auto opened = serving::openServingDatabase(folder);
    if (!opened && opened.error().kind == ErrorKind::NotFound && !model->deployment.target.startsWith(Q("serving/")))
        return notFound(QStringLiteral("%1 has no prediction log here: the workspace names no deployment of it on this machine, and nothing was served beside it.").arg(name), services->workspace.file,
                        QStringLiteral("Ask a copy of it here: pilot serve %1 --target %2").arg(name, fleet::logTargetOf(*model)));
    PH_ASSIGN(const auto database, opened);

    serving::AccuracyOptions how;
    how.step = *calendarStepOf(QString::fromStdString(options.by));
    how.zone = QTimeZone(services->workspace.zone.toUtf8());
    std::optional<fleet::DayAccuracy> ofDay;
    const std::size_t minimumRows = options.minimumRows > 0 ? std::size_t(options.minimumRows) : options.day.empty() ? 30 : fleet::fewestOfADay;
    how.minimumRows = minimumRows;
    how.rolling = options.rolling > 0 ? options.rolling : !options.day.empty() ? 1 : fleet::usualRolling(how.step);
    PH_ASSIGN(qint64 from, momentOf(options.from, "--from", how.zone, 0));
    PH_ASSIGN(qint64 to, momentOf(options.to, "--to", how.zone, std::numeric_limits<qint64>::max()));
    if (!options.day.empty()) {
        PH_ASSIGN(const QDate day, dayOf(options.day, *services));
        PH_ASSIGN(ofDay, fleet::accuracyOfDay(*services, *model, day, QString::fromStdString(options.metric), minimumRows));
        from = day.startOfDay(how.zone).toMSecsSinceEpoch();
        to = calendarSpan(from, CalendarStep::Day, how.zone).to;
    }
    if (from >= to)
        return invalid(QStringLiteral("--to is not after --from."));
    if (from > 0)
        from = calendarSpan(from, how.step, how.zone).from; // whole stretches
    how.nowMs = std::min(services->clock->nowUtc().toMSecsSinceEpoch(), to);
    PH_ASSIGN(const auto metric, fleet::wantedMetric(*database, ofDay ? ofDay->metric : QString::fromStdString(options.metric)));
    how.metric = metric.first;
    PH_ASSIGN(serving::Outcomes outcomes, serving::readOutcomes(*database, metric.second, from, to));
    QString joinedText, labelsProblem;
    if (!options.labels.empty()) {
        if (!metric.second.isEmpty())
            return invalid(QStringLiteral("Labels of a file are not told of one of several targets."), QString::fromStdString(options.labels), QStringLiteral("Send them to POST /labels."));
        PH_ASSIGN(const JoinedLabels joined, joinLabels(context, options.labels, options.labelsQuery, *database, outcomes, services->clock->nowUtc().toMSecsSinceEpoch()));
        joinedText = joined.text(QString::fromStdString(options.labels));
        context.note(joinedText);
    } else if (model->labels.named()) {
        if (!options.day.empty() || !metric.second.isEmpty()) {
            labelsProblem = QStringLiteral("%1 is not read here: %2.").arg(model->labels.source, ofDay ? QStringLiteral("a day is told from the labels that came to the endpoint") : QStringLiteral("it does not tell one of several targets"));
        } else if (const auto joined = joinLabels(context, model->labels.source.toStdString(), model->labels.query.toStdString(), *database, outcomes, services->clock->nowUtc().toMSecsSinceEpoch())) {
            joinedText = joined->text(model->labels.source);
        } else if (joined.error().kind == ErrorKind::Cancelled) {
            return joined.error();
        } else {
            labelsProblem = QStringLiteral("Only the labels that came to the endpoint count: %1").arg(joined.error().text());
        }
        context.note(labelsProblem.isEmpty() ? joinedText : labelsProblem);
    }
    PH_ASSIGN(const serving::AccuracySeries series, serving::accuracySeries(outcomes, how));
    PH_ASSIGN(auto deploys, serving::deployMarkers(*database));
    std::erase_if(deploys, [&](const serving::DeployMarker &d) { return d.timeMs < from || d.timeMs >= to; });
    std::map<QString, serving::AccuracySeries> slices;
    const QString slice = QString::fromStdString(options.slice);
    QStringList notes;
    if (!slice.isEmpty()) {
        PH_ASSIGN(const auto groups, fleet::accuracyGroups(*database, slice, from, notes));
        for (const QString &note : notes)
            context.note(note);
        PH_ASSIGN(slices, serving::accuracySlices(outcomes, groups, how));
    }

    qint64 labelled = 0;
    for (const auto &bucket : series.buckets)
        labelled += bucket.labelled;
    QJsonObject object = series.toJson(how);
    QJsonArray marks, parts;
    for (const auto &d : deploys)
        marks.append(QJsonObject{{Q("time"), isoUtc(QDateTime::fromMSecsSinceEpoch(d.timeMs, Qt::UTC))}, {Q("version"), d.version}, {Q("revision"), d.revision}, {Q("outcome"), d.outcome}});
    const QString title = metric.second.isEmpty() ? series.metric : workspace::metricOfTarget(series.metric, metric.second);
    QString text = QStringLiteral("%1: %2 by %3, %4\n%5").arg(name, title, QString::fromStdString(options.by), QString::fromUtf8(how.zone.id()), accuracyTable(series, deploys, how));
    std::vector<std::pair<QString, const serving::AccuracySeries *>> tables{{QString(), &series}};
    for (const auto &[group, part] : slices) {
        QJsonObject one = part.toJson(how);
        one.insert(Q("by"), slice);
        one.insert(Q("name"), group);
        parts.append(one);
        tables.emplace_back(group, &part);
        text += QStringLiteral("\n%1 %2\n%3").arg(slice, group, accuracyTable(part, {}, how));
    }
    const auto packageOf = [&](int version) -> Result<QString> {
        PH_ASSIGN(const ModelRef package, resolveModel(context, QStringLiteral("%1/%2").arg(name).arg(version)));
        return package.folder;
    };
    std::optional<fleet::EstimatedSeries> estimated;
    std::optional<fleet::AccuracyWhy> why;
    if (options.estimated) {
        PH_ASSIGN(estimated, fleet::estimateAccuracy(*database, outcomes, how, packageOf, context.stop()));
        object.insert(Q("estimated"), estimated->toJson(how));
        text += QLatin1Char('\n') + estimated->text(how);
    }
    if (options.why) {
        PH_ASSIGN(const qint64 since, momentOf(options.since, "--since", how.zone, -1));
        PH_ASSIGN(why, fleet::whyAccuracy(*database, outcomes, how, since < 0 ? std::nullopt : std::optional(since), packageOf, context.stop()));
        object.insert(Q("why"), why->toJson());
        text += QLatin1Char('\n') + why->text();
    }
    if (!options.csv.empty())
        PH_TRY(writeFileAtomically(QString::fromStdString(options.csv), accuracyCsv(tables, how)));
    if (!options.report.empty()) {
        fleet::AccuracyView view{how, title, series, slices, deploys, estimated, {}, {}, notes, qint64(outcomes.rows.size()), labelled};
        PH_TRY(writeReportPage(options.report, fleet::accuracyReport(name, view, why, services->clock->nowUtc())));
    }
    if (ofDay) {
        object.insert(Q("day"), ofDay->toJson());
        text.prepend(QStringLiteral("%1, %2\n\n").arg(name, ofDay->sentence()));
    }
    object.insert(Q("model"), name);
    object.insert(Q("metric"), title);
    object.insert(Q("by"), QString::fromStdString(options.by));
    object.insert(Q("zone"), QString::fromUtf8(how.zone.id()));
    object.insert(Q("minimum_rows"), qint64(minimumRows));
    object.insert(Q("rolling"), how.rolling);
    object.insert(Q("predictions"), qint64(outcomes.rows.size()));
    object.insert(Q("labelled"), labelled);
    object.insert(Q("deploys"), marks);
    if (!joinedText.isEmpty())
        object.insert(Q("labels"), joinedText);
    if (!labelsProblem.isEmpty())
        object.insert(Q("labels_problem"), labelsProblem);
    object.insert(Q("slices"), parts);
    if (series.buckets.empty())
        text = ofDay ? QStringLiteral("%1, %2").arg(name, ofDay->sentence()) : QStringLiteral("%1 was asked nothing in this time.\n").arg(name);
    else
        text += QStringLiteral("%1 of %2 predictions have a label; a label counts where its prediction was made. Interval: %3. Below %4 labelled rows there are too few to say.\n")
                    .arg(labelled).arg(outcomes.rows.size()).arg(series.interval).arg(minimumRows);
    context.answer(object, text.trimmed());
    return {};
}

const Verb verb("accuracy", "Accuracy over time, from the labels that came to a model's endpoint", [](CLI::App &app, VerbBody &body) {
    static Options options;
    app.add_option("MODEL", options.model, "Of the workspace")->required();
    app.add_option("--by", options.by, "Stretches of the workspace's time zone")->check(CLI::IsMember({"hour", "day", "week"}));
    app.add_option("--metric", options.metric, "accuracy, f1_macro, mae, rmse, r2 …; mae@TARGET of a forecast of several (else accuracy, or mae)");
    auto *day = app.add_option("--day", options.day, "One calendar day: yesterday, today or a date; told with the rows that it stands on");
    app.add_option("--slice", options.slice, "By the values or quarters of this input as well");
    auto *labels = app.add_option("--labels", options.labels, "Labels of a CSV or SQLite file beside those of the log: prediction_id, value and perhaps time (a path, http(s)://, s3://BUCKET/KEY, dvc:PATH); not stored. Else those of the workspace's labels: of the model")->excludes(day);
    app.add_option("--labels-query", options.labelsQuery, "SELECT over an SQLite file that gives these columns (else SELECT * FROM labels)")->needs(labels);
    app.add_option("--from", options.from, "Predictions from this date or time on")->excludes(day);
    app.add_option("--to", options.to, "Predictions before this date or time")->excludes(day);
    app.add_option("--rolling", options.rolling, "Stretches of the rolling value (else 24 hours, 7 days, 4 weeks)")->check(CLI::Range(1, 1000));
    app.add_option("--minimum-rows", options.minimumRows, "Labelled rows below which no value is told (else 30; of --day 6)")->check(CLI::Range(6, 1000000));
    app.add_flag("--estimated", options.estimated, "What it may be where labels have not come: from the confidence of classes (accuracy, f1_macro), from learned losses of numbers (mae, rmse)");
    auto *why = app.add_flag("--why", options.why, "What may have made it worse: the inputs that moved and that the model looks at, and the rows with the largest loss");
    app.add_option("--since", options.since, "--why: rows from this date or time on, against those before (else the newer half)")->needs(why);
    app.add_option("--csv", options.csv, "Write the stretches to this file");
    app.add_option("--report", options.report, "Write a self-contained HTML page, with what of --slice, --estimated and --why was asked");
    app.callback([&body] { body = [](Context &context) { return accuracy(context, options); }; });
});

} // namespace

} // namespace pilothouse
