// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace pilothouse::cluster {

/// How a quantity was written; it is shown in the same way again.
enum class QuantityForm { DecimalSI, BinarySI, DecimalExponent };

/// An amount as Kubernetes writes it ("250m", "1.5Gi", "1e3"), exact to a thousand-millionth, as k8s.io/apimachinery's resource.Quantity: what is finer is
/// rounded away from zero. Amounts beyond ±1.7e29 are Invalid here (apimachinery goes on with big numbers where the suffix is decimal).
struct Quantity {
    __int128 nano = 0; ///< amount × 10⁹
    QuantityForm form = QuantityForm::DecimalSI;

    qint64 value() const;      ///< whole units, rounded away from zero; capped to the range of qint64 (bytes; cores)
    qint64 milliValue() const; ///< thousandths, rounded away from zero; capped
    double number() const;
    bool isZero() const { return nano == 0; }
    /// The canonical form: no fraction, the largest suffix that loses nothing ("1500m", "1536Mi", "12e6").
    QString text() const;
    auto operator<=>(const Quantity &other) const { return nano <=> other.nano; }
    bool operator==(const Quantity &other) const { return nano == other.nano; }
};

/// Invalid for what apimachinery refuses: an empty text, an unknown suffix, "1.2.3", a space. As there, a suffix alone is 0.
Result<Quantity> parseQuantity(const QString &text);
Quantity operator+(const Quantity &a, const Quantity &b); ///< in the form of the first that is not zero

} // namespace pilothouse::cluster
