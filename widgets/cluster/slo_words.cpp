// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/slo_words.h"

#include "widgets/base/format.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

namespace pilothouse::ui {

namespace {
struct Tr {
    Q_DECLARE_TR_FUNCTIONS(SloWords)
};

/// 99.9, not 99.90: a promise has the digits that it was given.
QString plain(double value) { return QLocale().toString(value, 'g', 5); }
} // namespace

QString sloVerdict(const telemetry::SloReading &reading) {
    if (!reading.available && !reading.quick)
        return {};
    return reading.kept() ? Tr::tr("Promise kept") : Tr::tr("Promise broken");
}

QString sloSentences(const telemetry::SloReading &reading) {
    QStringList out;
    if (reading.slo.availability && reading.availability)
        out << Tr::tr("Availability %1 %, promised %2 %; %3 of the failures that it allows in the last hour.")
                   .arg(plain(*reading.availability), plain(*reading.slo.availability), percent(reading.budgetUsed.value_or(0)));
    if (reading.slo.latencyP95 && reading.quick)
        out << Tr::tr("Latency p95 within %1 ms promised: above it in %2 of %3 stretches, one of twenty is allowed.").arg(number(*reading.slo.latencyP95)).arg(reading.slow).arg(reading.stretches);
    return out.join(QLatin1Char('\n'));
}

} // namespace pilothouse::ui
