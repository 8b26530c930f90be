// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/past_read.h"

#include "core/base/clock.h"
#include "core/data/csv.h"

#include <cmath>

namespace pilothouse::retrain {

Result<PastFacts> pastOfCsv(const QString &file, const QString &timeColumn, const QDateTime &now) {
    data::CsvOptions options;
    options.types.insert(timeColumn, data::ColumnType::Time);
    for (const char *time : {"newest_row", "source_changed"})
        options.types.insert(QLatin1String(time), data::ColumnType::Time);
    for (const char *text : {"data_hash", "drift_column"})
        options.types.insert(QLatin1String(text), data::ColumnType::Category);
    PH_ASSIGN(const data::LoadedTable loaded, data::readCsv(file, options));
    const data::Column *times = loaded.table.find(timeColumn);
    if (!times || times->type != data::ColumnType::Time)
        return invalid(QStringLiteral("There is no column “%1” of times.").arg(timeColumn), file, QStringLiteral("It has: %1. Name it with --time.").arg(loaded.table.names().join(QStringLiteral(", "))));
    const data::Column *rows = loaded.table.find(QStringLiteral("labelled_rows")), *worst = loaded.table.find(QStringLiteral("drift_column"));
    PastFacts past;
    if (const QString note = loaded.report.note(); !note.isEmpty())
        past.notes << note;
    for (std::size_t i = 0; i < loaded.table.rows(); ++i) {
        if (times->isMissing(i))
            return invalid(QStringLiteral("Row %1 has no time that can be read in column “%2”.").arg(i + 1).arg(timeColumn), file);
        const QDateTime known = QDateTime::fromMSecsSinceEpoch(times->times[i], Qt::UTC);
        if (known > now)
            return invalid(QStringLiteral("Row %1 is dated %2, after now.").arg(i + 1).arg(isoUtc(known)), file, QStringLiteral("The replay is of the past only."));
        for (const data::Column &column : loaded.table.columns) {
            if (&column == times || &column == rows || column.isMissing(i))
                continue;
            Fact fact;
            fact.known = known;
            if (column.name == QLatin1String("data_hash")) {
                fact.kind = Fact::Kind::Data;
                fact.text = column.text(i);
            } else if (column.type == data::ColumnType::Time && (column.name == QLatin1String("newest_row") || column.name == QLatin1String("source_changed"))) {
                fact.kind = column.name == QLatin1String("newest_row") ? Fact::Kind::NewestRow : Fact::Kind::SourceChanged;
                fact.time = QDateTime::fromMSecsSinceEpoch(column.times[i], Qt::UTC);
            } else if (column.type != data::ColumnType::Number) {
                continue;
            } else if (column.name == QLatin1String("drift")) {
                fact.kind = Fact::Kind::Drift;
                fact.value = column.numbers[i];
                fact.text = worst ? worst->text(i) : QStringLiteral("a column");
            } else if (column.name == QLatin1String("rows_yesterday")) {
                fact.kind = Fact::Kind::RowsYesterday;
                fact.value = column.numbers[i];
            } else {
                fact.text = column.name;
                fact.value = column.numbers[i];
                fact.source = QStringLiteral("row %1 of the file").arg(i + 1);
                fact.rows = rows && rows->type == data::ColumnType::Number && !rows->isMissing(i) ? qint64(rows->numbers[i]) : 0;
            }
            past.facts.push_back(std::move(fact));
        }
    }
    return past;
}

} // namespace pilothouse::retrain
