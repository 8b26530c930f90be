// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QString>
#include <QStringList>

#include <optional>

namespace pilothouse::pipelines {

/// What a start or a gate asks for.
struct Parameter {
    enum class Kind { Text, Lines, Choice, Boolean, Number, Secret, File };
    QString name, description;
    Kind kind = Kind::Text;
    QStringList choices;
    QJsonValue value;       ///< the default; undefined: none; never of a Secret
    bool required = false;
    std::optional<double> least, most; ///< of a Number
};
QString parameterKindName(Parameter::Kind kind); ///< text, lines, choice, boolean, number, secret, file

} // namespace pilothouse::pipelines
