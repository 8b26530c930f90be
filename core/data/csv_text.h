// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace pilothouse::data {

/// A field of a CSV file: quoted where it would not read as one otherwise.
QByteArray csvField(const QString &text);

/// The shortest text that reads as this very number.
QByteArray csvNumber(double value);

} // namespace pilothouse::data
