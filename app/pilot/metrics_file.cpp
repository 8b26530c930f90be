// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/metrics_file.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <QFileInfo>

#include <cmath>

namespace pilothouse {

Result<void> writeMetricsFile(const std::string &file, const QMap<QString, double> &metrics) {
    if (file.empty())
        return {};
    QJsonObject object;
    for (auto it = metrics.begin(); it != metrics.end(); ++it)
        if (std::isfinite(it.value()))
            object.insert(it.key(), it.value());
    return writeFileAtomically(QFileInfo(QString::fromStdString(file)).absoluteFilePath(), prettyJson(object));
}

Result<void> checkMetricsFile(const std::string &file) {
    if (file.empty())
        return {};
    const QFileInfo info(QFileInfo(QString::fromStdString(file)).absoluteFilePath());
    if (info.isDir())
        return invalid(QStringLiteral("This is a folder."), info.filePath(), QStringLiteral("Give --metrics-out the name of a file."));
    PH_TRY(makeFolder(info.absolutePath()));
    if (!QFileInfo(info.absolutePath()).isWritable())
        return invalid(QStringLiteral("The metrics cannot be written there."), info.filePath(), QStringLiteral("Give --metrics-out a file in a folder that you may write."));
    return {};
}

} // namespace pilothouse
