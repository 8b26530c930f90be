// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/label_lines.h"

#include "app/pilot/data_source.h"

#include "core/base/sqlite_query.h"
#include "core/data/csv.h"

#include <QFileInfo>

#include <cmath>

namespace pilothouse {

namespace {

QString kindWord(bool classes) { return classes ? QStringLiteral("classes") : QStringLiteral("numbers"); }

Error wrongColumns(const QString &source, const QStringList &names, bool classes) {
    return invalid(QStringLiteral("Labels need a column prediction_id and a column value with %1.").arg(kindWord(classes)), source, QStringLiteral("Its columns are: %1.").arg(names.join(QStringLiteral(", "))));
}

Result<std::vector<LabelLine>> ofCsv(const workspace::DataSpec &spec, bool classes, std::stop_token stop) {
    const auto kind = classes ? data::ColumnType::Category : data::ColumnType::Number; // a class "1" is a text
    PH_ASSIGN(const data::LoadedTable loaded, data::loadData(spec, {{QStringLiteral("prediction_id"), data::ColumnType::Category}, {QStringLiteral("value"), kind}, {QStringLiteral("label"), kind}}, stop));
    const data::Column *ids = loaded.table.find(QStringLiteral("prediction_id")), *values = loaded.table.find(QStringLiteral("value")), *times = loaded.table.find(QStringLiteral("time"));
    if (!values)
        values = loaded.table.find(QStringLiteral("label"));
    if (!ids || !values || values->type != kind)
        return wrongColumns(spec.source, loaded.table.names(), classes);
    if (times && times->type != data::ColumnType::Time)
        return invalid(QStringLiteral("The column time holds no times."), spec.source, QStringLiteral("Write them as 2026-03-01T06:00Z, or leave the column out."));
    std::vector<LabelLine> out(loaded.table.rows());
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].value = std::nan("");
        if (!ids->isMissing(i))
            out[i].id = ids->text(i);
        if (!values->isMissing(i) && classes)
            out[i].name = values->text(i);
        else if (!values->isMissing(i))
            out[i].value = values->numbers[i];
        if (times && !times->isMissing(i))
            out[i].cameMs = times->times[i];
    }
    return out;
}

QString textOf(const SqlValue &value) {
    if (const auto *text = std::get_if<QString>(&value))
        return *text;
    if (const auto *whole = std::get_if<qint64>(&value))
        return QString::number(*whole);
    if (const auto *real = std::get_if<double>(&value))
        return QString::number(*real, 'g', 17);
    return {};
}

std::optional<double> numberOf(const SqlValue &value) {
    if (const auto *whole = std::get_if<qint64>(&value))
        return double(*whole);
    if (const auto *real = std::get_if<double>(&value))
        return *real;
    bool ok = false;
    const double read = textOf(value).trimmed().toDouble(&ok);
    return ok ? std::optional(read) : std::nullopt;
}

std::optional<qint64> momentOf(const SqlValue &value) {
    if (const auto *text = std::get_if<QString>(&value)) {
        const std::int64_t ms = data::parseIsoTime(text->toStdString());
        return ms == data::Column::missingTime ? std::nullopt : std::optional(qint64(ms));
    }
    const auto number = numberOf(value);
    if (!number || !std::isfinite(*number) || std::abs(*number) > 1e15)
        return std::nullopt;
    return qint64(std::abs(*number) > 1e11 ? *number : *number * 1000);
}

Result<std::vector<LabelLine>> ofSqlite(const QString &path, const QString &source, const QString &query, bool classes, std::stop_token stop) {
    std::vector<LabelLine> out;
    qsizetype id = -1, value = -1, time = -1;
    auto read = querySqliteFile(path, query, [&](const QStringList &names) -> Result<void> {
        id = names.indexOf(QStringLiteral("prediction_id"));
        value = names.indexOf(QStringLiteral("value"));
        if (value < 0)
            value = names.indexOf(QStringLiteral("label"));
        time = names.indexOf(QStringLiteral("time"));
        if (id < 0 || value < 0)
            return wrongColumns(source, names, classes);
        return {};
    }, [&](const std::vector<SqlValue> &row) -> Result<void> {
        const auto none = [&](qsizetype at) { return std::holds_alternative<std::monostate>(row[std::size_t(at)]) || textOf(row[std::size_t(at)]).isEmpty(); };
        LabelLine line;
        line.value = std::nan("");
        line.id = textOf(row[std::size_t(id)]);
        if (!none(value) && classes) {
            line.name = textOf(row[std::size_t(value)]);
        } else if (!none(value)) {
            const auto number = numberOf(row[std::size_t(value)]);
            if (!number)
                return invalid(QStringLiteral("Row %1: the label “%2” is no number.").arg(out.size() + 1).arg(textOf(row[std::size_t(value)]).left(60)), source, QStringLiteral("The model predicts numbers."));
            line.value = *number;
        }
        if (time >= 0 && !none(time)) {
            line.cameMs = momentOf(row[std::size_t(time)]);
            if (!line.cameMs)
                return invalid(QStringLiteral("Row %1: “%2” is no time.").arg(out.size() + 1).arg(textOf(row[std::size_t(time)]).left(60)), source,
                               QStringLiteral("Write 2026-03-01T06:00Z, or seconds or milliseconds since 1970, or leave the column out."));
        }
        out.push_back(std::move(line));
        return {};
    }, stop);
    if (read)
        return out;
    Error error = std::move(read).error();
    error.where.replace(path, source);
    if (error.hint.isEmpty() && error.kind == ErrorKind::Invalid)
        error.hint = QStringLiteral("--labels-query \"SELECT id AS prediction_id, y AS value, at AS time FROM …\" says where labels stand.");
    return error;
}

} // namespace

Result<std::vector<LabelLine>> labelLinesOf(const workspace::DataSpec &spec, const QString &query, bool classes, std::stop_token stop) {
    if (isSqliteFile(spec.path()))
        return ofSqlite(spec.path(), spec.source, query.isEmpty() ? QStringLiteral("SELECT * FROM labels") : query, classes, stop);
    if (!query.isEmpty() && !QFileInfo::exists(spec.path()))
        return notFound(QStringLiteral("There is no such file."), spec.source, {});
    if (!query.isEmpty())
        return invalid(QStringLiteral("It is no SQLite file, so it cannot be asked by a query."), spec.source, QStringLiteral("Leave out --labels-query (in a workspace, query): a CSV is read as a whole."));
    return ofCsv(spec, classes, stop);
}

Result<std::vector<LabelLine>> readLabelLines(Context &context, const std::string &source, const std::string &query, bool classes) {
    workspace::DataSpec spec;
    spec.source = dataArgument(source);
    PH_TRY(fetchData(context, spec));
    return labelLinesOf(spec, QString::fromStdString(query), classes, context.stop());
}

} // namespace pilothouse
