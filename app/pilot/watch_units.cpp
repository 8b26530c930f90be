// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/watch_units.h"

#include "core/base/file.h"

#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>

#include <optional>

namespace pilothouse {

namespace {

/// A word of ExecStart: quoted, with what systemd would replace doubled.
QByteArray word(const QString &text) {
    QString out = text;
    out.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('"'), QStringLiteral("\\\"")).replace(QLatin1Char('%'), QStringLiteral("%%")).replace(QLatin1Char('$'), QStringLiteral("$$"));
    return '"' + out.toUtf8() + '"';
}

/// A text in a line of its own.
QByteArray plain(QString text) { return text.replace(QLatin1Char('%'), QStringLiteral("%%")).simplified().toUtf8(); }

using Bytes = std::optional<QByteArray>; ///< of a file; none: it is not there

Result<Bytes> now(const QString &file) {
    if (!QFileInfo::exists(file))
        return Bytes();
    PH_ASSIGN(QByteArray bytes, readFile(file));
    return Bytes(std::move(bytes));
}

Result<void> put(const QString &file, const Bytes &bytes) {
    if (bytes) {
        PH_TRY(makeFolder(QFileInfo(file).absolutePath()));
        return writeFileAtomically(file, *bytes);
    }
    if (!QFileInfo::exists(file) || QFile::remove(file))
        return {};
    return refused(QStringLiteral("The file could not be removed."), file);
}

operations::Step fileStep(const QString &file, const Bytes &wanted) {
    const auto before = std::make_shared<Bytes>();
    operations::Step step;
    step.call = {wanted ? QStringLiteral("WRITE") : QStringLiteral("REMOVE"), file, wanted ? QStringLiteral("%1 bytes").arg(wanted->size()) : QStringLiteral("it is gone"), wanted ? QStringLiteral("pilot watch --uninstall") : QStringLiteral("pilot watch --install"), {}};
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(*before, now(file));
        return {};
    };
    step.execute = [=] { return put(file, wanted); };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const Bytes seen, now(file));
        if (seen != wanted)
            return Error{ErrorKind::Conflict, QStringLiteral("The file is not what was written."), file, {}, {}};
        return QJsonObject{{QStringLiteral("file"), file}, {QStringLiteral("there"), bool(seen)}};
    };
    step.undo = [=] { return put(file, *before); };
    return step;
}

operations::Operation unitsOperation(const WatchUnits &units, bool install) {
    operations::Operation operation;
    operation.kind = QStringLiteral("watch-unit");
    operation.object = QStringLiteral("unit %1").arg(units.name);
    operation.summary = install ? QStringLiteral("Write the systemd unit %1, so that pilot watch runs by itself").arg(units.name) : QStringLiteral("Remove the systemd unit %1").arg(units.name);
    const QString base = units.folder + QLatin1Char('/') + units.name;
    operation.steps.push_back(fileStep(base + QStringLiteral(".service"), install ? Bytes(units.service) : Bytes()));
    const QString timer = base + QStringLiteral(".timer");
    if (!units.timer.isEmpty() || QFileInfo::exists(timer)) // one of before does not stay beside a service that runs on
        operation.steps.push_back(fileStep(timer, install && !units.timer.isEmpty() ? Bytes(units.timer) : Bytes()));
    return operation;
}

} // namespace

QString WatchUnits::enable() const {
    return QStringLiteral("systemctl --user daemon-reload && systemctl --user enable --now %1.%2").arg(name, timer.isEmpty() ? QStringLiteral("service") : QStringLiteral("timer"));
}

QString WatchUnits::disable() const { return QStringLiteral("systemctl --user disable --now %1.%2").arg(name, timer.isEmpty() ? QStringLiteral("service") : QStringLiteral("timer")); }

WatchUnits watchUnits(const QString &program, const QString &workspaceName, const QString &workspaceFile, int everyMinutes, int metricsPort, const QString &address) {
    static const QRegularExpression other(QStringLiteral("[^A-Za-z0-9_.-]"));
    const bool once = everyMinutes > 0;
    WatchUnits units;
    units.folder = QStandardPaths::writableLocation(QStandardPaths::ConfigLocation) + QStringLiteral("/systemd/user");
    units.name = QStringLiteral("pilothouse-watch-") + QString(workspaceName).replace(other, QStringLiteral("_"));
    const QByteArray description = "Pilothouse looks after " + plain(workspaceName);
    const QByteArray figures = metricsPort < 0 ? QByteArray() : " --metrics " + QByteArray::number(metricsPort) + " --address " + word(address);
    units.service = "# Written by pilot watch --install.\n[Unit]\nDescription=" + description + "\n\n[Service]\nType=" + (once ? "oneshot" : "exec") + "\nExecStart=" + word(program) + " watch" + (once ? " --once" : "") +
                    " --workspace " + word(workspaceFile) + figures + "\n" + (once ? "" : "Restart=on-failure\nRestartSec=30\nSuccessExitStatus=130 143\n") + "Nice=10\n";
    if (!once)
        units.service += "\n[Install]\nWantedBy=default.target\n";
    else
        units.timer = "# Written by pilot watch --install.\n[Unit]\nDescription=" + description + "\n\n[Timer]\nOnCalendar=*:0/" + QByteArray::number(everyMinutes) + "\nPersistent=true\nRandomizedDelaySec=10\n\n[Install]\nWantedBy=timers.target\n";
    return units;
}

operations::Operation installUnits(const WatchUnits &units) { return unitsOperation(units, true); }
operations::Operation removeUnits(const WatchUnits &units) { return unitsOperation(units, false); }

} // namespace pilothouse
