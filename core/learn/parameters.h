// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workspace/recipe.h"
#include "core/workspace/settings_reader.h"

#include <QJsonObject>
#include <QMap>

#include <variant>
#include <vector>

namespace pilothouse::learn {

/// Reads the parameters of one estimator and remembers what is known: the first wrong type or range, or an unknown name
/// (with the nearest known one) comes out of check(). resolved() has every parameter read, defaults included.
/// Usage: Parameters p(spec); const auto depth = p.integer("max_depth", 6, 1, 64); PH_TRY(p.check());
class Parameters {
public:
    explicit Parameters(const workspace::EstimatorSpec &spec) : m_reader(spec.name, spec.parameters) {}
    qint64 integer(const char *name, qint64 otherwise, qint64 least, qint64 most) { return keep(name, m_reader.integer(name, otherwise, least, most)); }
    double number(const char *name, double otherwise, double least, double most) { return keep(name, m_reader.number(name, otherwise, least, most)); }
    bool boolean(const char *name, bool otherwise);
    QString word(const char *name, const QString &otherwise, const QStringList &allowed) { return keep(name, m_reader.word(name, otherwise, allowed)); }
    /// A list of whole numbers, e.g. hidden: [64, 64]; one number is a list of one.
    std::vector<qint64> integers(const char *name, std::vector<qint64> otherwise, qint64 least, qint64 most);
    /// A word or a number, e.g. gamma: scale, or gamma: 0.1.
    std::variant<QString, double> wordOrNumber(const char *name, const QString &otherwise, const QStringList &allowed, double least, double most);
    /// A word or a map of numbers, e.g. class_weight: balanced, or class_weight: {no: 1, yes: 20}.
    std::variant<QString, QMap<QString, double>> wordOrNumbers(const char *name, const QString &otherwise, const QStringList &allowed, double least, double most);
    Result<void> check() const;
    const QJsonObject &resolved() const { return m_resolved; }

private:
    template<class T>
    T keep(const char *name, T value) {
        m_resolved.insert(QLatin1String(name), value);
        return value;
    }
    workspace::SettingsReader m_reader;
    QJsonObject m_resolved;
};

} // namespace pilothouse::learn
