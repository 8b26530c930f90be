// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <utility>
#include <vector>

namespace pilothouse::telemetry {

/// Builds a text of Prometheus' exposition format (0.0.4): families with HELP and TYPE, their samples behind them.
class Exposition {
public:
    using Labels = std::vector<std::pair<QString, QString>>;
    void family(const QString &name, const char *type, const QString &help); ///< type: counter | gauge
    void sample(double value, const Labels &labels = {});                    ///< of the family that was begun last
    const QByteArray &text() const { return m_text; }

private:
    QByteArray m_text, m_name;
};

/// The families of such a text, in its order. Invalid with the line: a sample without a family, a name or label that is none, a value that is no number, a family told twice, a
/// counter that does not end in _total, a text that does not end with a newline.
Result<QStringList> checkExposition(const QByteArray &text);

} // namespace pilothouse::telemetry
