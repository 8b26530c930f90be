// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/format.h"

#include <QCoreApplication>
#include <QHash>
#include <QLocale>

#include <atomic>
#include <cmath>

namespace pilothouse::ui {
namespace {

constexpr QChar thinSpace(0x2009), trueMinus(0x2212), ellipsis(0x2026);

struct Format {
    Q_DECLARE_TR_FUNCTIONS(pilothouse::ui::Format)
};

QString grouped(QString digits) {
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3)
        digits.insert(at, thinSpace);
    return digits;
}

} // namespace

QString fixed(double value, int decimals, bool sign) {
    if (std::isnan(value))
        return Format::tr("none");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QString(trueMinus) + QStringLiteral("∞");
    QString text = QString::number(std::abs(value), 'f', decimals);
    QString fraction;
    if (const qsizetype point = text.indexOf(QLatin1Char('.')); point >= 0) {
        fraction = QLocale().decimalPoint() + text.mid(point + 1);
        text.truncate(point);
    }
    text = grouped(text) + fraction;
    const bool zero = QString::number(std::abs(value), 'f', decimals).toDouble() == 0.0;
    if (value < 0 && !zero)
        return trueMinus + text;
    return sign && !zero ? QLatin1Char('+') + text : text;
}

QString number(double value, int digits, bool sign) {
    if (std::isnan(value) || std::isinf(value))
        return fixed(value, 0, sign);
    const double size = std::abs(value);
    if (size != 0 && size < 1e-6)
        return QLocale().toString(value, 'e', digits - 1).replace(QLatin1Char('-'), trueMinus);
    const int magnitude = size == 0 ? 0 : int(std::floor(std::log10(size)));
    // 0.953 has as many digits as 1.42 has: the leading zero is not significant.
    const int decimals = size == 0 ? 0 : qBound(0, digits - 1 - magnitude, 8);
    if (size == std::floor(size) && size < 1e15)
        return fixed(value, 0, sign);
    return fixed(value, decimals, sign);
}

QString count(qint64 value) { return fixed(double(value), 0); }

QString percent(double share, int decimals) {
    return std::isnan(share) ? fixed(share, 0) : Format::tr("%1 %").arg(fixed(share * 100, decimals));
}

QString bytes(qint64 value) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double size = double(value);
    int unit = 0;
    for (; size >= 1000 && unit < 4; ++unit)
        size /= 1000;
    return QStringLiteral("%1 %2").arg(unit == 0 ? fixed(size, 0) : number(size, 2)).arg(QLatin1String(units[unit]));
}

QString duration(double seconds) {
    const qint64 s = qMax<qint64>(0, qint64(std::floor(seconds)));
    const qint64 minutes = s / 60, hours = s / 3600, days = s / 86400;
    if (s < 60)
        return Format::tr("%1 s").arg(s);
    if (minutes < 60)
        return Format::tr("%1 min").arg(minutes);
    if (hours < 48)
        return minutes % 60 ? Format::tr("%1 h %2 m").arg(hours).arg(minutes % 60, 2, 10, QLatin1Char('0')) : Format::tr("%1 h").arg(hours);
    if (days < 14 && hours % 24)
        return Format::tr("%1 d %2 h").arg(days).arg(hours % 24);
    return Format::tr("%1 d").arg(days);
}

QString runTime(double seconds) {
    if (seconds > 0 && seconds < 0.05)
        return Format::tr("< 0.1 s");
    if (seconds < 10)
        return Format::tr("%1 s").arg(fixed(qMax(0.0, seconds), 1));
    const qint64 s = qint64(std::llround(seconds));
    if (s >= 60 && s < 3600)
        return s % 60 ? Format::tr("%1 min %2 s").arg(s / 60).arg(s % 60, 2, 10, QLatin1Char('0')) : Format::tr("%1 min").arg(s / 60);
    return duration(double(s));
}

static std::atomic<bool> inUtc = false; // also pictures that a pool paints have times
bool timesInUtc() { return inUtc; }
void setTimesInUtc(bool utc) { inUtc = utc; }
QDateTime shownTime(const QDateTime &time) { return inUtc ? time.toUTC() : time.toLocalTime(); }

QString age(const QDateTime &then, const QDateTime &now) {
    return then.isValid() ? duration(double(then.secsTo(now))) : Format::tr("none");
}

QString moment(const QDateTime &when, const QDateTime &now) {
    if (!when.isValid())
        return Format::tr("none");
    const QDateTime local = shownTime(when), today = shownTime(now);
    const QLocale locale;
    if (local.date() == today.date())
        return locale.toString(local, QStringLiteral("HH:mm:ss"));
    const qint64 days = local.date().daysTo(today.date());
    if (days > 0 && days < 6)
        return locale.toString(local, QStringLiteral("ddd HH:mm"));
    return local.date().year() == today.date().year() ? locale.toString(local, QStringLiteral("d MMM HH:mm"))
                                                       : locale.toString(local, QStringLiteral("d MMM yyyy"));
}

QString metricName(const QString &key) {
    if (const qsizetype at = key.indexOf(QLatin1Char('@')); at > 0) // of one of several targets
        return metricName(key.left(at)) + QLatin1Char(' ') + key.mid(at + 1);
    static const QHash<QString, QString> written = {{QStringLiteral("r2"), QStringLiteral("R²")}, {QStringLiteral("smape"), QStringLiteral("sMAPE")},
                                                    {QStringLiteral("pinball_10"), QStringLiteral("pinball 0.1")}, {QStringLiteral("pinball_50"), QStringLiteral("pinball 0.5")},
                                                    {QStringLiteral("pinball_90"), QStringLiteral("pinball 0.9")}};
    static const QStringList upper = {QStringLiteral("mae"), QStringLiteral("rmse"), QStringLiteral("mse"), QStringLiteral("mape"), QStringLiteral("auc"), QStringLiteral("psi"),
                                      QStringLiteral("f1"), QStringLiteral("ks"), QStringLiteral("ae"), QStringLiteral("roc"), QStringLiteral("mcc"), QStringLiteral("ece"), QStringLiteral("mase")};
    if (const auto found = written.constFind(key); found != written.constEnd())
        return *found;
    QStringList words = key.split(QLatin1Char('_'));
    for (QString &word : words)
        if (upper.contains(word.toLower()))
            word = word.toUpper();
    return words.join(QLatin1Char(' '));
}

QString middleElided(const QString &id, int characters) {
    if (id.size() <= characters || characters < 5)
        return id;
    const int tail = (characters - 1) / 3;
    return id.left(characters - 1 - tail) + ellipsis + id.right(tail);
}

QString limitText(std::optional<double> min, std::optional<double> max) {
    if (min && max)
        return QStringLiteral("%1 … %2").arg(number(*min), number(*max));
    if (max)
        return QStringLiteral("≤ %1").arg(number(*max));
    return min ? QStringLiteral("≥ %1").arg(number(*min)) : QString();
}

} // namespace pilothouse::ui
