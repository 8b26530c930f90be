// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/newest_row.h"

#include "core/data/csv.h"
#include "core/data/split.h"

#include <QFileInfo>

#include <algorithm>
#include <map>
#include <mutex>

namespace pilothouse::retrain {

namespace {

/// What was read of a file when it was this long and of this time.
struct Known {
    qint64 bytes = 0;
    QDateTime changed, newest;
    workspace::TimeSpec time;
};

std::mutex knownMutex;
std::map<QString, Known> &known() {
    static std::map<QString, Known> files;
    return files;
}

} // namespace

Result<QDateTime> newestRow(const workspace::Recipe &recipe) {
    if (!recipe.time)
        return invalid(QStringLiteral("The recipe does not say when a row was."), recipe.file, QStringLiteral("Add time: {column: NAME}."));
    const QFileInfo file(recipe.data.path());
    {
        const std::lock_guard lock(knownMutex);
        const auto it = known().find(file.filePath());
        if (it != known().end() && it->second.bytes == file.size() && it->second.changed == file.lastModified() && it->second.time == *recipe.time)
            return it->second.newest;
    }
    PH_ASSIGN(const data::LoadedTable loaded, data::loadData(recipe));
    PH_ASSIGN(const std::vector<std::int64_t> times, data::rowTimes(loaded.table, *recipe.time));
    std::int64_t newest = data::Column::missingTime;
    for (const std::int64_t time : times)
        if (time != data::Column::missingTime)
            newest = newest == data::Column::missingTime ? time : std::max(newest, time);
    if (newest == data::Column::missingTime)
        return invalid(QStringLiteral("No row of the data has a time."), recipe.data.path());
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(newest, Qt::UTC);
    const std::lock_guard lock(knownMutex);
    known()[file.filePath()] = {file.size(), file.lastModified(), time, *recipe.time};
    return time;
}

} // namespace pilothouse::retrain
