// SPDX-License-Identifier: GPL-3.0-or-later
// A notice of the desktop opens what it tells of: over a private session bus with a service that shows notices.
#include "app/console/desktop.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <QTimer>
#include <QVariantMap>

using namespace pilothouse;

/// org.freedesktop.Notifications, as far as we ask of it.
class Notices : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    QStringList titles;
    QList<QStringList> actions;

public Q_SLOTS:
    uint Notify(const QString &, uint, const QString &, const QString &title, const QString &, const QStringList &offered, const QVariantMap &, int) {
        titles << title;
        actions << offered;
        return uint(titles.size());
    }

Q_SIGNALS:
    void ActionInvoked(uint id, const QString &action);
    void NotificationClosed(uint id, uint reason);
};

class tst_Desktop : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        const QString daemon = QStandardPaths::findExecutable(QStringLiteral("dbus-daemon"));
        if (daemon.isEmpty())
            QSKIP("dbus-daemon is not installed");
        m_bus.start(daemon, {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--print-address")});
        QVERIFY(m_bus.waitForReadyRead());
        qputenv("DBUS_SESSION_BUS_ADDRESS", m_bus.readAllStandardOutput().trimmed());
        auto other = QDBusConnection::connectToBus(QString::fromLocal8Bit(qgetenv("DBUS_SESSION_BUS_ADDRESS")), QStringLiteral("notices"));
        QVERIFY(other.registerObject(QStringLiteral("/org/freedesktop/Notifications"), &m_notices, QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
        QVERIFY(other.registerService(QStringLiteral("org.freedesktop.Notifications")));
    }
    void cleanupTestCase() {
        QDBusConnection::disconnectFromBus(QStringLiteral("notices"));
        m_bus.terminate(); // by its id
        m_bus.waitForFinished();
    }

    void aClickOpensTheItem() {
        console::Desktop desktop;
        QSignalSpy opened(&desktop, &console::Desktop::opened);
        desktop.notify(QStringLiteral("mae fires"), QStringLiteral("1.8"), true, QStringLiteral("alert/mae"));
        desktop.notify(QStringLiteral("a job is done"), {}, false);
        QTRY_COMPARE(m_notices.titles.size(), 2);
        QCOMPARE(m_notices.actions[0].value(0), QStringLiteral("default"));
        QVERIFY(m_notices.actions[1].isEmpty());
        Q_EMIT m_notices.ActionInvoked(77, QStringLiteral("default")); // another program's
        QTimer click; // again and again: ours counts once the number of the notice is known here
        connect(&click, &QTimer::timeout, &m_notices, [this] { Q_EMIT m_notices.ActionInvoked(1, QStringLiteral("default")); });
        click.start(5);
        QTRY_VERIFY(!opened.isEmpty());
        click.stop();
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].toString(), QStringLiteral("alert/mae"));
    }

private:
    QProcess m_bus;
    Notices m_notices;
};

QTEST_GUILESS_MAIN(tst_Desktop)
#include "tst_desktop.moc"
