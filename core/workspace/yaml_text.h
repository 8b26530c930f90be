// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QVariant>

namespace pilothouse::workspace {

/// A text as one YAML scalar that is safe inside [ ] and { }: plain where it can be, else in double quotes.
/// With `keepText` also quoted where it would read as a number, a bool or null.
QByteArray yamlScalar(const QString &text, bool keepText = false);

/// Texts, numbers, bools, lists and maps on one line: {kind: local, root: ~/x}. Map keys are sorted, as
/// QVariantMap has them.
QByteArray yamlFlow(const QVariant &value);

/// A number so that it reads back equal; always with a point or exponent, so that it stays a fraction.
QByteArray yamlNumber(double value);

} // namespace pilothouse::workspace
