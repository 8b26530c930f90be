// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/accuracy_table.h"

#include "core/base/clock.h"
#include "core/data/csv_field.h"

#include <algorithm>
#include <cmath>

namespace pilothouse {

namespace {

QDateTime timeOf(qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC); }
QString figure(double value) { return std::isfinite(value) ? QString::number(value, 'g', 4) : QStringLiteral("–"); }
QString withInterval(const serving::MetricReading &r) { return std::isfinite(r.value) ? QStringLiteral("%1 (%2 … %3)").arg(figure(r.value), figure(r.low), figure(r.high)) : QStringLiteral("–"); }
QString plain(double value) { return std::isfinite(value) ? QString::number(value, 'g', 17) : QString(); }
QString versionsText(const std::vector<int> &versions) {
    QStringList texts;
    for (const int version : versions)
        texts << QString::number(version);
    return texts.join(QLatin1Char(' '));
}

} // namespace

QString accuracyTable(const serving::AccuracySeries &series, const std::vector<serving::DeployMarker> &deploys, const serving::AccuracyOptions &options) {
    qsizetype width = 6;
    for (const auto &bucket : series.buckets)
        width = std::max(width, calendarSpanName(bucket.span, options.step, options.zone).size());
    QString text = QStringLiteral("%1  %2  %3  %4  %5\n")
                       .arg(calendarStepName(options.step).leftJustified(width), QStringLiteral("predictions").rightJustified(11), QStringLiteral("labelled").rightJustified(15), series.metric.leftJustified(28),
                            options.rolling > 1 ? QStringLiteral("over %1 %2s").arg(options.rolling).arg(calendarStepName(options.step)) : QString());
    std::size_t next = 0;
    for (const auto &bucket : series.buckets) {
        for (; next < deploys.size() && deploys[next].timeMs < bucket.span.to; ++next)
            text += QStringLiteral("── %1: version %2 began to serve (revision %3, %4)\n").arg(isoUtc(timeOf(deploys[next].timeMs))).arg(deploys[next].version).arg(deploys[next].revision).arg(deploys[next].outcome);
        QStringList remarks;
        if (bucket.tooFew)
            remarks << QStringLiteral("too few labelled rows");
        if (bucket.incomplete)
            remarks << QStringLiteral("not over yet");
        text += QStringLiteral("%1  %2  %3  %4  %5  %6")
                    .arg(calendarSpanName(bucket.span, options.step, options.zone).leftJustified(width), QString::number(bucket.predictions).rightJustified(11),
                         QStringLiteral("%1 (%2 %)").arg(bucket.labelled).arg(100 * bucket.labelledShare(), 0, 'f', 0).rightJustified(15), withInterval(bucket.own).leftJustified(28),
                         options.rolling > 1 ? withInterval(bucket.rolling).leftJustified(28) : QString(), remarks.join(QStringLiteral(", ")))
                    .trimmed() +
                QLatin1Char('\n');
    }
    for (; next < deploys.size(); ++next)
        text += QStringLiteral("── %1: version %2 began to serve (revision %3, %4)\n").arg(isoUtc(timeOf(deploys[next].timeMs))).arg(deploys[next].version).arg(deploys[next].revision).arg(deploys[next].outcome);
    return text;
}

QByteArray accuracyCsv(const std::vector<std::pair<QString, const serving::AccuracySeries *>> &parts, const serving::AccuracyOptions &options) {
    QByteArray out = "slice,name,from,to,predictions,labelled,metric,value,low,high,rolling,rolling_low,rolling_high,too_few,incomplete,versions\n";
    for (const auto &[slice, series] : parts)
        for (const auto &b : series->buckets) {
            const QStringList fields{slice, calendarSpanName(b.span, options.step, options.zone), isoUtc(timeOf(b.span.from)), isoUtc(timeOf(b.span.to)), QString::number(b.predictions), QString::number(b.labelled),
                                     series->metric, plain(b.own.value), plain(b.own.low), plain(b.own.high), plain(b.rolling.value), plain(b.rolling.low), plain(b.rolling.high),
                                     b.tooFew ? QStringLiteral("true") : QStringLiteral("false"), b.incomplete ? QStringLiteral("true") : QStringLiteral("false"), versionsText(b.versions)};
            for (qsizetype k = 0; k < fields.size(); ++k)
                out += (k > 0 ? "," : "") + data::csvField(fields[k]);
            out += '\n';
        }
    return out;
}

} // namespace pilothouse
