// SPDX-License-Identifier: GPL-3.0-or-later
// How pods are exchanged, by what the workload writes and the server fills in; amounts as people write them.
#include "core/cluster/load_report.h"

#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {

QJsonObject object(const QByteArray &text) { return QJsonDocument::fromJson(QByteArray(text).replace('\'', '"')).object(); }

} // namespace

class TestLoadReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pace_data() {
        QTest::addColumn<QByteArray>("workload");
        QTest::addColumn<QString>("text");
        QTest::newRow("a deployment's default") << QByteArray("{'kind':'Deployment','spec':{'replicas':4,'strategy':{'type':'RollingUpdate'}}}") << QStringLiteral("4 pods: at most 1 more and 1 missing at a time (maxSurge 25%, maxUnavailable 25%)");
        QTest::newRow("numbers") << QByteArray("{'kind':'Deployment','spec':{'replicas':3,'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1,'maxUnavailable':0}}}}") << QStringLiteral("3 pods: at most 1 more and 0 missing at a time (maxSurge 1, maxUnavailable 0)");
        QTest::newRow("all at once") << QByteArray("{'kind':'Deployment','spec':{'replicas':1,'strategy':{'type':'Recreate'}}}") << QStringLiteral("1 pod: all end before new ones begin (Recreate)");
        QTest::newRow("a daemon set") << QByteArray("{'kind':'DaemonSet','spec':{'updateStrategy':{'type':'RollingUpdate'}},'status':{'desiredNumberScheduled':5}}") << QStringLiteral("5 pods: at most 0 more and 1 missing at a time (maxSurge 0, maxUnavailable 1)");
        QTest::newRow("a stateful set that holds back") << QByteArray("{'kind':'StatefulSet','spec':{'replicas':3,'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'partition':2}}}}")
                                                        << QStringLiteral("3 pods: at most 0 more and 1 missing at a time (maxSurge 0, maxUnavailable 1); pods below number 2 stay as they are (partition)");
        QTest::newRow("by hand") << QByteArray("{'kind':'StatefulSet','spec':{'replicas':2,'updateStrategy':{'type':'OnDelete'}}}") << QStringLiteral("2 pods: one is exchanged when somebody deletes it (OnDelete)");
        QTest::newRow("a Rollout's canary") << QByteArray("{'kind':'Rollout','spec':{'replicas':10,'strategy':{'canary':{'maxSurge':'20%','maxUnavailable':0}}}}") << QStringLiteral("10 pods: at most 2 more and 0 missing at a time (maxSurge 20%, maxUnavailable 0)");
    }
    void pace() {
        QFETCH(QByteArray, workload);
        QFETCH(QString, text);
        const auto found = updatePace(object(workload));
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE(found->text, text);
    }
    void nonsenseIsInvalid() { QVERIFY(!updatePace(object("{'kind':'Deployment','spec':{'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':'many'}}}}"))); }

    void amounts() {
        QCOMPARE(cpuText(250), QStringLiteral("250m"));
        QCOMPARE(cpuText(2000), QStringLiteral("2"));
        QCOMPARE(cpuText(0), QStringLiteral("0"));
        QCOMPARE(cpuText(-1), QStringLiteral("-"));
        QCOMPARE(memoryText(512LL << 20), QStringLiteral("512Mi"));
        QCOMPARE(memoryText(24LL << 30), QStringLiteral("24.0Gi"));
        QCOMPARE(memoryText(-1), QStringLiteral("-"));
    }
};

QTEST_GUILESS_MAIN(TestLoadReport)
#include "tst_load_report.moc"
