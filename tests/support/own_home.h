// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace pilothouse {

/// main() of a test that opens the window: workspaces, preferences and caches of this run only, and no desktop bus.
template<class Test>
int runInOwnHome(int argc, char **argv) {
    const QTemporaryDir home;
    qputenv("XDG_DATA_HOME", QFile::encodeName(home.path()) + "/data");
    qputenv("XDG_CONFIG_HOME", QFile::encodeName(home.path()) + "/config");
    qputenv("XDG_CACHE_HOME", QFile::encodeName(home.path()) + "/cache");
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    QDir::setCurrent(home.path());
    QApplication app(argc, argv);
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace pilothouse
