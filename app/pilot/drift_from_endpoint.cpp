// SPDX-License-Identifier: GPL-3.0-or-later
// `pilot drift MODEL --from endpoint`: what a service elsewhere was asked and answered, by its route GET /logs/{limit} (SYSTEMS.md 5), as the current rows.
#include "app/pilot/drift_from_log.h"

#include "app/pilot/model_ref.h"
#include "app/pilot/moment_option.h"

#include "core/artifact/package.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/data/csv.h"
#include "core/fleet/endpoint.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>

#include <algorithm>
#include <limits>

namespace pilothouse {

namespace {

using Q = QLatin1String;

constexpr int mostAnswers = 10000, waitMs = 60000; ///< answers that are asked for at once

QByteArray cell(const QJsonValue &value) {
    if (value.isDouble())
        return QByteArray::number(value.toDouble(), 'g', 17);
    QByteArray text = value.isBool() ? QByteArray(value.toBool() ? "true" : "false") : value.toString().toUtf8();
    return text.isEmpty() ? text : '"' + text.replace('"', "\"\"") + '"';
}

/// One row of the log; an answer to several rows is several.
struct AnsweredRow {
    qint64 ms = 0;
    QJsonObject input;
    QJsonValue prediction;
};

std::vector<AnsweredRow> answeredRows(const QJsonArray &log, int &version) {
    std::vector<AnsweredRow> out;
    for (const QJsonValue &entry : log) {
        const QDateTime when = QDateTime::fromString(entry[Q("timestamp")].toString(), Qt::ISODateWithMs);
        const QJsonValue status = entry[Q("status")];
        if (!when.isValid() || (status.isDouble() ? status.toInt() >= 400 : !(status.isUndefined() || status.toString() == Q("success") || status.toString() == Q("ok"))))
            continue;
        if (version == 0) { // newest first
            const QString told = entry[Q("model_version")].toVariant().toString();
            version = (told.startsWith(QLatin1Char('v')) ? told.mid(1) : told).toInt();
        }
        const QJsonArray inputs = entry[Q("input")].isArray() ? entry[Q("input")].toArray() : QJsonArray{entry[Q("input")]};
        const QJsonArray answers = entry[Q("prediction")].isArray() ? entry[Q("prediction")].toArray() : QJsonArray{entry[Q("prediction")]};
        for (qsizetype i = 0; i < inputs.size(); ++i)
            if (inputs[i].isObject())
                out.push_back({when.toMSecsSinceEpoch(), inputs[i].toObject(), answers.size() == inputs.size() ? answers[i] : QJsonValue()});
    }
    return out;
}

Result<LoggedSide> sideOf(const std::vector<AnsweredRow> &rows, qint64 since, qint64 until, const artifact::Signature &signature, const QString &url, std::stop_token stop) {
    LoggedSide side;
    const QString predicted = QStringLiteral("predicted %1").arg(signature.target);
    QByteArray csv;
    data::CsvOptions how;
    how.delimiter = QStringLiteral(",");
    how.decimal = QStringLiteral(".");
    how.fingerprint = false;
    for (const artifact::Input &input : signature.inputs) {
        csv += '"' + QString(input.name).replace(QLatin1Char('"'), QStringLiteral("\"\"")).toUtf8() + "\",";
        how.types.insert(input.name, input.categories.empty() ? data::ColumnType::Number : data::ColumnType::Category);
    }
    csv += '"' + QString(predicted).replace(QLatin1Char('"'), QStringLiteral("\"\"")).toUtf8() + "\"\n";
    how.types.insert(predicted, signature.classes.empty() ? data::ColumnType::Number : data::ColumnType::Category);
    side.predicted << predicted;
    qint64 count = 0, first = std::numeric_limits<qint64>::max(), last = 0;
    for (const AnsweredRow &row : rows) {
        if (row.ms < since || row.ms >= until)
            continue;
        for (const artifact::Input &input : signature.inputs)
            csv += cell(row.input.value(input.name)) + ',';
        csv += cell(row.prediction) + '\n';
        ++count;
        first = std::min(first, row.ms);
        last = std::max(last, row.ms);
    }
    if (count == 0)
        return notFound(QStringLiteral("Nothing that it told was answered in this time."), url, QStringLiteral("Name another --since and --until; a service tells its newest answers only."));
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("answers.csv"));
    PH_TRY(writeFileAtomically(file, csv));
    PH_ASSIGN(data::LoadedTable loaded, data::readCsv(file, how, stop));
    side.table = std::move(loaded.table);
    const auto moment = [](qint64 ms) { return isoUtc(QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC)); };
    side.name = QStringLiteral("%1 (%2 … %3)").arg(url, moment(first), moment(last));
    return side;
}

} // namespace

Result<LoggedDrift> readEndpointDrift(Context &context, const LogDrift &options) {
    PH_ASSIGN(const auto services, context.services());
    const QString name = QString::fromStdString(options.model);
    const workspace::Model *model = services->workspace.model(name);
    if (!model)
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(name), services->workspace.file);
    PH_ASSIGN(const fleet::ModelEndpoint endpoint, fleet::endpointOf(*services, name));
    const int wanted = int(std::min<std::size_t>(options.rows, mostAnswers));
    const QString url = endpoint.url + QStringLiteral("/logs/%1").arg(wanted);
    PH_ASSIGN(const QJsonArray log, endpoint.client->getList(QStringLiteral("/logs/%1").arg(wanted), waitMs, context.stop()));
    const QTimeZone zone(services->workspace.zone.toUtf8());
    const qint64 now = services->clock->nowUtc().toMSecsSinceEpoch() + 1;
    PH_ASSIGN(const qint64 since, momentOf(options.since, "--since", zone, 0));
    PH_ASSIGN(const qint64 until, momentOf(options.until, "--until", zone, std::max<qint64>(now, now + 24 * 3600'000))); // its clock may be ahead of ours
    if (since >= until)
        return invalid(QStringLiteral("--until is not after --since."));
    LoggedDrift out;
    out.model = model->registry.name;
    const std::vector<AnsweredRow> rows = answeredRows(log, out.version);
    if (log.size() >= wanted)
        context.note(QStringLiteral("%1: its newest %2 answers.").arg(url).arg(log.size()));
    auto package = out.version > 0 ? resolveModel(context, QStringLiteral("%1/%2").arg(name).arg(out.version)) : Result<ModelRef>(notFound(QStringLiteral("Its log names no version.")));
    if (!package) {
        context.note(QStringLiteral("%1 The live version is taken for the one that answered.").arg(package.error().what));
        package = resolveModel(context, QStringLiteral("%1@%2").arg(name, model->registry.champion));
        if (!package)
            return package.error();
        out.version = package->version.value_or(0);
    }
    PH_ASSIGN(const artifact::Package opened, artifact::openPackage(package->folder));
    out.signature = opened.signature;
    if (out.signature.task == workspace::TaskKind::Forecast)
        return refused(QStringLiteral("A forecast is asked with series, which this does not take apart."), url, QStringLiteral("Compare files: --reference and --current."));
    PH_ASSIGN(out.current, sideOf(rows, since, until, out.signature, url, context.stop()));
    if (options.ownReference()) {
        PH_ASSIGN(const qint64 first, momentOf(options.referenceSince, "--reference-since", zone, 0));
        PH_ASSIGN(const qint64 last, momentOf(options.referenceUntil, "--reference-until", zone, since));
        if (first >= last)
            return invalid(QStringLiteral("The reference's stretch of the log has no length."), QStringLiteral("--reference-until"), QStringLiteral("Name --since or --reference-until after --reference-since."));
        PH_ASSIGN(out.reference, sideOf(rows, first, last, out.signature, url, context.stop()));
    }
    return out;
}

} // namespace pilothouse
