// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/demo/demo_workspace.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

/// Files of a static library are linked in only when somebody asks for them; outside of any namespace by Qt's rule.
static void registerDemoFiles() { Q_INIT_RESOURCE(demo); }

namespace pilothouse::demo {

namespace {

constexpr qint64 mostRows = 2'000'000; // 228 years: more is a broken state file, not a station

QString stateFile(const QString &folder) { return folder + QStringLiteral("/data/replay.json"); }
QString workspaceFile(const QString &folder) { return folder + QStringLiteral("/pilothouse.yaml"); }

Result<void> writeResource(const QString &name, const QString &folder) {
    registerDemoFiles();
    QFile file(QStringLiteral(":/demo/") + name);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorKind::Internal, QStringLiteral("The demo's file %1 is not built in.").arg(name), {}, {}, {}};
    return writeFileAtomically(folder + QLatin1Char('/') + name, file.readAll());
}

} // namespace

Result<void> writeDemoWorkspace(const QString &folder) {
    if (QFileInfo::exists(workspaceFile(folder)))
        return Error{ErrorKind::Conflict, QStringLiteral("There is a workspace in this folder already; nothing was written."), folder,
                     QStringLiteral("Open it, or choose an empty folder for the demo."), {}};
    for (const char *name : {"README.md", "recipes/t2m.yaml", "recipes/rh2m.yaml", "recipes/ws2m.yaml", "recipes/ws2m-networks.yaml"})
        PH_TRY(writeResource(QLatin1String(name), folder));
    PH_TRY(writeStation(folder, {}));
    return writeResource(QStringLiteral("pilothouse.yaml"), folder);
}

Result<QString> openDemoWorkspace(const QString &folder) {
    if (!QFileInfo::exists(workspaceFile(folder)))
        PH_TRY(writeDemoWorkspace(folder));
    return workspaceFile(folder);
}

QString defaultDemoFolder() {
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/pilothouse/demo");
}

bool isDemoWorkspace(const QString &folder) { return QFileInfo::exists(workspaceFile(folder)) && QFileInfo::exists(stateFile(folder)); }

Result<StationState> readStation(const QString &folder) {
    const QString file = stateFile(folder);
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
    JsonReader r(object, file);
    StationState state;
    state.seed = quint64(r.integer("seed"));
    const qint64 rows = r.integer("rows"), drift = r.integer("drift_from", -1);
    PH_TRY(r.check());
    if (rows < 0 || rows > mostRows || drift > mostRows)
        return invalid(QStringLiteral("The demo's station has an impossible number of rows."), file, QStringLiteral("Delete the demo's folder to start afresh."));
    state.rows = std::size_t(rows);
    if (drift >= 0)
        state.driftFrom = std::size_t(drift);
    return state;
}

Result<void> writeStation(const QString &folder, const StationState &state) {
    using Q = QLatin1String;
    QJsonObject object{{Q("seed"), qint64(state.seed)}, {Q("rows"), qint64(state.rows)}};
    if (state.driftFrom)
        object.insert(Q("drift_from"), qint64(*state.driftFrom));
    // Rows first: a state that is behind its file loses nothing, the same hours are measured again.
    PH_TRY(writeFileAtomically(folder + QStringLiteral("/data/weather.csv"), weatherCsv(weatherSeries(state.rows, {state.seed, state.driftFrom}))));
    return writeFileAtomically(stateFile(folder), prettyJson(object));
}

} // namespace pilothouse::demo
