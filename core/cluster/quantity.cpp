// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/quantity.h"

#include <QByteArray>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace pilothouse::cluster {

namespace {

using Wide = __int128;
constexpr Wide billion = 1'000'000'000;
constexpr Wide most = std::numeric_limits<Wide>::max();
constexpr qint64 mostAllowed = (qint64(1) << 62) - 1 + (qint64(1) << 62); ///< of a binary amount: capped, as there

struct Suffix {
    const char *text;
    int base, exponent;
};
constexpr std::array<Suffix, 17> suffixes{{{"", 10, 0}, {"n", 10, -9}, {"u", 10, -6}, {"m", 10, -3}, {"k", 10, 3}, {"M", 10, 6}, {"G", 10, 9}, {"T", 10, 12}, {"P", 10, 15}, {"E", 10, 18},
                                           {"Ki", 2, 10}, {"Mi", 2, 20}, {"Gi", 2, 30}, {"Ti", 2, 40}, {"Pi", 2, 50}, {"Ei", 2, 60}, {nullptr, 0, 0}}};

bool digit(char c) { return c >= '0' && c <= '9'; }

struct Scale {
    int base = 10, exponent = 0;
    QuantityForm form = QuantityForm::DecimalSI;
};

std::optional<Scale> scaleOf(const QByteArray &suffix) {
    for (const Suffix &known : suffixes)
        if (known.text && suffix == known.text)
            return Scale{known.base, known.exponent, known.base == 2 ? QuantityForm::BinarySI : QuantityForm::DecimalSI};
    if (suffix.size() > 1 && (suffix[0] == 'e' || suffix[0] == 'E')) {
        bool ok = false;
        const int exponent = suffix.mid(1).toInt(&ok);
        if (ok)
            return Scale{10, exponent, QuantityForm::DecimalExponent};
    }
    return std::nullopt;
}

bool multiply(Wide &value, Wide factor) {
    if (value > most / factor)
        return false;
    value *= factor;
    return true;
}

Wide roundedUp(Wide value, Wide by) { // value ≥ 0
    return value / by + (value % by != 0 ? 1 : 0);
}

/// digits × scale × 10^−fraction × 10⁹, rounded up; nothing if it is too large.
std::optional<Wide> nanoOf(const QByteArray &digits, int fraction, const Scale &scale) {
    Wide value = 0;
    bool finer = false; // digits that no longer fit are below what is kept
    int dropped = 0;
    for (const char c : digits) {
        if (value > most / 1'000'000'000'000'000'000 / 10 && dropped < fraction) { // keeps room for 2^60
            finer = finer || c != '0';
            ++dropped;
            continue;
        }
        if (!multiply(value, 10) || value > most - (c - '0'))
            return std::nullopt;
        value += c - '0';
    }
    if (value == 0 && !finer)
        return 0;
    int exponent = 9 - (fraction - dropped) + (scale.base == 10 ? scale.exponent : 0);
    if (scale.base == 2 && !multiply(value, Wide(1) << scale.exponent))
        return std::nullopt;
    for (; exponent > 0; --exponent)
        if (!multiply(value, 10))
            return std::nullopt;
    for (; exponent < 0 && value > 1; ++exponent) {
        finer = finer || value % 10 != 0;
        value /= 10;
    }
    if (exponent < 0) { // 1 or 0 is left, and smaller than what is kept
        finer = finer || value != 0;
        value = 0;
    }
    return value + (finer ? 1 : 0);
}

QString written(Wide value) {
    if (value == 0)
        return QStringLiteral("0");
    QString text;
    const bool negative = value < 0;
    for (Wide rest = negative ? -value : value; rest > 0; rest /= 10)
        text.prepend(QChar(u'0' + int(rest % 10)));
    return negative ? QLatin1Char('-') + text : text;
}

qint64 capped(Wide value) {
    return qint64(std::clamp<Wide>(value, std::numeric_limits<qint64>::min(), std::numeric_limits<qint64>::max()));
}

} // namespace

Result<Quantity> parseQuantity(const QString &text) {
    const auto wrong = [&](const QString &why) { return invalid(QStringLiteral("“%1” is not a quantity: %2.").arg(text, why), {}, QStringLiteral("Write it like 250m, 2, 512Mi or 1e3.")); };
    const QByteArray bytes = text.toUtf8();
    qsizetype at = 0;
    const bool negative = bytes.startsWith('-');
    if (negative || bytes.startsWith('+'))
        ++at;
    QByteArray digits;
    const auto take = [&] {
        const qsizetype begin = at;
        while (at < bytes.size() && digit(bytes[at]))
            digits += bytes[at++];
        return int(at - begin);
    };
    if (bytes.isEmpty())
        return wrong(QStringLiteral("it is empty"));
    take();
    int fraction = 0;
    if (at < bytes.size() && bytes[at] == '.') {
        ++at;
        fraction = take();
    }
    const auto scale = scaleOf(bytes.mid(at));
    if (!scale)
        return wrong(QStringLiteral("“%1” is no suffix").arg(QString::fromUtf8(bytes.mid(at))));
    const auto nano = scale->exponent > 40 ? (digits.count('0') == digits.size() ? std::optional<Wide>(0) : std::nullopt) : nanoOf(digits, fraction, *scale);
    Quantity quantity;
    quantity.form = scale->form;
    if (!nano && scale->base == 10)
        return wrong(QStringLiteral("it is too large"));
    quantity.nano = nano.value_or(Wide(mostAllowed) * billion);
    if (scale->base == 2) {
        quantity.nano = std::min(quantity.nano, Wide(mostAllowed) * billion);
        if (quantity.nano > 0 && quantity.nano < billion)
            quantity.form = QuantityForm::DecimalSI;
    }
    if (negative)
        quantity.nano = -quantity.nano;
    return quantity;
}

Quantity operator+(const Quantity &a, const Quantity &b) { return {a.nano + b.nano, a.isZero() ? b.form : a.form}; }

qint64 Quantity::value() const { return capped(nano < 0 ? -roundedUp(-nano, billion) : roundedUp(nano, billion)); }
qint64 Quantity::milliValue() const { return capped(nano < 0 ? -roundedUp(-nano, billion / 1000) : roundedUp(nano, billion / 1000)); }
double Quantity::number() const { return double(nano) / 1e9; }

QString Quantity::text() const {
    if (nano == 0)
        return QStringLiteral("0");
    const Wide whole = nano < 0 ? -nano : nano;
    if (form == QuantityForm::BinarySI && whole >= 1024 * billion && whole % billion == 0) {
        Wide value = nano / billion;
        int step = 0;
        while (step < 6 && value % 1024 == 0) {
            value /= 1024;
            ++step;
        }
        return written(value) + QLatin1String(std::array<const char *, 7>{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"}[std::size_t(step)]);
    }
    Wide value = nano;
    int exponent = -9;
    while (exponent < 18 && value % 1000 == 0) {
        value /= 1000;
        exponent += 3;
    }
    if (form == QuantityForm::DecimalExponent)
        return exponent == 0 ? written(value) : written(value) + QLatin1Char('e') + QString::number(exponent);
    return written(value) + QLatin1String(std::array<const char *, 10>{"n", "u", "m", "", "k", "M", "G", "T", "P", "E"}[std::size_t((exponent + 9) / 3)]);
}

} // namespace pilothouse::cluster
