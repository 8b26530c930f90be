// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>
#include <QVariant>

namespace pilothouse::workspace {

/// A text as one YAML scalar that is safe inside [ ] and { }: plain where it can be, else in double quotes.
/// With `keepText` also quoted where it would read as a number, a bool or null.
QByteArray yamlScalar(const QString &text, bool keepText = false);

/// Texts, numbers, bools, lists and maps on one line: {kind: local, root: ~/x}. Map keys in documentedOrder().
QByteArray yamlFlow(const QVariant &value);

/// Keys as the documents list them (kind before root, registry before recipe), unknown ones behind, sorted.
QStringList documentedOrder(const QStringList &keys);

/// A number so that it reads back equal; always with a point or exponent, so that it stays a fraction.
QByteArray yamlNumber(double value);

} // namespace pilothouse::workspace
