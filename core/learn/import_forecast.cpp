// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/import_forecast.h"

#include "core/base/time_zone.h"
#include "core/data/csv.h"
#include "core/data/split.h"

#include <QDateTime>
#include <QJsonArray>

#include <unordered_map>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
using workspace::TaskKind;

constexpr int mostSteps = 100'000; ///< of a window or horizon, as recipes have it

QString shown(int value) { return QString::number(value); }
QString shown(const QString &value) { return value; }
QString shown(const QStringList &value) { return value.join(QLatin1Char(',')); }

/// Takes what the file says where nothing was asked for. Invalid: both say something, and not the same.
template<class T>
Result<void> take(T &asked, const T &said, const char *option, const QString &file) {
    if (asked == T())
        asked = said;
    if (asked == said || said == T())
        return {};
    return invalid(QStringLiteral("%1 %2 was asked for, but the file itself says %3.").arg(Q(option), shown(asked), shown(said)), file, QStringLiteral("Leave the option away."));
}

Result<void> takeCard(ForecastImport &asked, const QJsonObject &card, const QString &file) {
    if (const QString task = card.value(Q("task")).toString(); task != workspace::taskName(TaskKind::Forecast))
        return invalid(QStringLiteral("The file says of itself that it is a %1, not a forecast.").arg(task), file, QStringLiteral("Leave --task away."));
    const artifact::Signature signature = cardSignature(card);
    const QStringList targets = signature.targets(), series = signature.series();
    if (signature.outputs.empty() || std::size_t(series.size()) * signature.window() != signature.inputs.size() || signature.window() > mostSteps || signature.horizon() > mostSteps)
        return invalid(QStringLiteral("What the file says of its inputs and outputs does not fit a forecast."), file, QStringLiteral("Export it again."));
    PH_TRY(take(asked.window, int(signature.window()), "--window", file));
    PH_TRY(take(asked.horizon, int(signature.horizon()), "--horizon", file));
    PH_TRY(take(asked.targets, targets, "--target", file));
    PH_TRY(take(asked.series, series, "--series", file));
    return take(asked.step, card.value(Q("step")).toString(), "--step", file);
}

Error unsaid(const QString &what, const QString &file, const QString &hint) { return invalid(QStringLiteral("A TorchScript does not say %1.").arg(what), file, hint); }

/// The column or the parts that were named; else the only column with times.
Result<workspace::TimeSpec> timeOf(const ImportOptions &options, const data::Table &table) {
    workspace::TimeSpec time;
    time.step = options.forecast.step;
    time.zone = options.forecast.zone;
    QStringList names = options.forecast.time;
    if (names.isEmpty())
        for (const data::Column &column : table.columns)
            if (column.type == data::ColumnType::Time)
                names << column.name;
    const QString hint = QStringLiteral("Name the column by --time COLUMN, or its parts by --time YEAR,MO,DY,HR.");
    if (names.isEmpty())
        return invalid(QStringLiteral("No column of the rows holds times, and the windows of a forecast are cut by time."), options.rows, hint);
    if (options.forecast.time.isEmpty() && names.size() > 1)
        return invalid(QStringLiteral("Several columns of the rows hold times: %1.").arg(names.join(QStringLiteral(", "))), options.rows, hint);
    if (names.size() == 2 || names.size() > 6)
        return invalid(QStringLiteral("A time has one column, or three to six parts; %1 were named.").arg(names.size()), options.rows, hint);
    if (names.size() == 1)
        time.column = names.front();
    else
        time.parts = names;
    return time;
}

Result<void> needNumbers(const QStringList &names, const data::Table &table, const QString &rows) {
    for (const QString &name : names) {
        const data::Column *column = table.find(name);
        if (!column)
            return invalid(QStringLiteral("The rows have no column “%1”.").arg(name), rows, QStringLiteral("Columns there: %1.").arg(table.names().join(QStringLiteral(", "))));
        if (column->type != data::ColumnType::Number)
            return invalid(QStringLiteral("Column “%1” holds %2 values; a forecast takes numbers.").arg(name, data::columnTypeName(column->type)), rows);
    }
    return {};
}

} // namespace

artifact::Signature cardSignature(const QJsonObject &card) {
    artifact::Signature signature;
    signature.task = TaskKind::Forecast;
    for (const QJsonValue &name : card.value(Q("inputs")).toArray())
        signature.inputs.push_back({name.toString(), data::ColumnType::Number, {}, false});
    for (const QJsonValue &name : card.value(Q("outputs")).toArray())
        signature.outputs.push_back(name.toString());
    return signature;
}

workspace::DataSpec dataOf(const ImportOptions &options) {
    workspace::DataSpec spec;
    spec.source = options.rows;
    if (!options.missing.isEmpty())
        spec.missing = QStringList{QStringLiteral("NA"), QStringLiteral("NaN"), QStringLiteral("null")} + options.missing;
    return spec;
}

Result<ForecastImport> completeForecast(const ImportOptions &options, const QJsonObject &card) {
    ForecastImport out = options.forecast;
    if (!card.isEmpty())
        PH_TRY(takeCard(out, card, options.file));
    if (out.window < 1 || out.window > mostSteps)
        return unsaid(QStringLiteral("how many steps it looks back on"), options.file, QStringLiteral("Say it by --window N (1 to %1).").arg(mostSteps));
    if (out.horizon < 1 || out.horizon > mostSteps)
        return unsaid(QStringLiteral("how many steps it predicts"), options.file, QStringLiteral("Say it by --horizon N (1 to %1).").arg(mostSteps));
    if (out.targets.isEmpty())
        return unsaid(QStringLiteral("what it predicts"), options.file, QStringLiteral("Name the column by --target, or several with commas."));
    workspace::TimeSpec time;
    time.step = out.step;
    if (time.stepSeconds() <= 0)
        return out.step.isEmpty() ? unsaid(QStringLiteral("how far its steps lie apart"), options.file, QStringLiteral("Say it by --step, such as 1h, 15min or 1d."))
                                  : invalid(QStringLiteral("“%1” is no step.").arg(out.step), options.file, QStringLiteral("Write 1h, 15min or 1d."));
    if (!isTimeZone(out.zone))
        return invalid(QStringLiteral("“%1” is no time zone.").arg(out.zone), {}, timeZoneHint(out.zone));
    if (out.series.isEmpty())
        out.series = out.targets;
    for (QStringList names : {out.series, out.targets})
        if (names.removeDuplicates() > 0)
            return invalid(QStringLiteral("A series is named twice."), {}, QStringLiteral("Name each once, in the order in which the TorchScript takes them."));
    return out;
}

Result<ImportedForecast> forecastOf(const ImportOptions &options, const data::Table &table) {
    const ForecastImport &said = options.forecast;
    ImportedForecast out;
    out.series = said.series;
    workspace::Recipe &recipe = out.recipe;
    recipe.name = options.name;
    recipe.data = dataOf(options);
    recipe.task = TaskKind::Forecast;
    recipe.target = said.targets.front();
    recipe.moreTargets = said.targets.mid(1);
    for (const QString &name : said.series)
        if (!said.targets.contains(name))
            recipe.include << name;
    PH_TRY(needNumbers(said.targets + recipe.include, table, options.rows));
    PH_ASSIGN(recipe.time, timeOf(options, table));
    recipe.forecast = workspace::ForecastSpec{said.window, said.horizon};
    recipe.estimators.push_back({QStringLiteral("lstm"), {}});
    Result<data::Windows> windows = data::buildWindows(table, recipe, data::Targets::None);
    if (!windows) {
        Error error = std::move(windows).error();
        if (error.where.isEmpty())
            error.where = options.rows;
        return error;
    }
    out.windows = *std::move(windows);
    const std::vector<std::int64_t> &origins = out.windows.origins;
    recipe.split.kind = workspace::SplitSpec::Kind::After;
    recipe.split.after = QDateTime::fromMSecsSinceEpoch(origins[origins.size() * 4 / 5], Qt::UTC).toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss"));
    out.signature.task = TaskKind::Forecast;
    out.signature.target = recipe.target;
    out.signature.inputs = out.windows.inputs;
    out.signature.outputs = out.windows.targets;
    PH_ASSIGN(const std::vector<std::int64_t> times, data::rowTimes(table, *recipe.time));
    std::unordered_map<std::int64_t, std::size_t> rowOf;
    for (std::size_t row = 0; row < times.size(); ++row)
        rowOf.emplace(times[row], row); // of rows that repeat a time the first counts
    for (const std::int64_t origin : origins)
        out.tableRows.push_back(rowOf.at(origin)); // a window's newest step is a row
    return out;
}

} // namespace pilothouse::learn
