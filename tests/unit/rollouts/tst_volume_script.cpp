// SPDX-License-Identifier: GPL-3.0-or-later
// What the pod on the volume runs, by the real sh on a folder; and its manifest.
#include "core/base/hash.h"
#include "core/rollouts/volume_job.h"
#include "tests/support/single_quoted_json.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;
using support::object;
using Q = QLatin1String;

namespace {

QString sumOf(const QByteArray &bytes) {
    Hasher hasher(Hasher::Kind::Sha256);
    hasher.add(bytes);
    return hasher.hex();
}

struct Volume {
    QTemporaryDir folder;
    QString at(const char *name) const { return folder.filePath(Q(name)); }
    QByteArray read(const char *name) const {
        QFile file(at(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }
    void write(const char *name, const QByteArray &bytes) {
        QDir().mkpath(QFileInfo(at(name)).path());
        QFile file(at(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    int run(const QString &script, const QString &sha256, const QString &keep = QStringLiteral("t2m.pt.before-1")) {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("DIRECTORY"), at("models"));
        environment.insert(QStringLiteral("NAME"), QStringLiteral("t2m.pt"));
        environment.insert(QStringLiteral("SHA256"), sha256);
        environment.insert(QStringLiteral("KEEP"), keep);
        environment.insert(QStringLiteral("PARTS"), at("parts"));
        environment.insert(QStringLiteral("REPORT"), at("report"));
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral("sh"), {QStringLiteral("-c"), script});
        return process.waitForFinished() ? process.exitCode() : -1;
    }
};

} // namespace

class TestVolumeScript : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void partsAreOneFileBesideTheEarlierOne() {
        Volume v;
        v.write("parts/part-0000", QByteArray("new\0weights", 11));
        v.write("parts/part-0001", "-end");
        v.write("models/t2m.pt", "old weights");
        const QByteArray wanted = QByteArray("new\0weights", 11) + "-end";
        QCOMPARE(v.run(volumeWriteScript(), sumOf(wanted)), 0);
        QCOMPARE(v.read("models/t2m.pt"), wanted);
        QCOMPARE(v.read("models/t2m.pt.before-1"), QByteArray("old weights"));
        QCOMPARE(QString::fromLatin1(v.read("report")), sumOf(wanted) + QLatin1Char('\n') + sumOf("old weights") + QLatin1Char('\n'));
        QCOMPARE(QDir(v.at("models")).entryList(QDir::Files | QDir::Hidden).size(), 2); // nothing half-written is left
        // And back.
        QCOMPARE(v.run(volumeRestoreScript(), sumOf("old weights")), 0);
        QCOMPARE(v.read("models/t2m.pt"), QByteArray("old weights"));
        QCOMPARE(QString::fromLatin1(v.read("report")).trimmed(), sumOf("old weights"));
    }
    void aFirstFileHasNoEarlierOne() {
        Volume v;
        v.write("parts/part-0000", "w");
        QCOMPARE(v.run(volumeWriteScript(), sumOf("w")), 0);
        QCOMPARE(QString::fromLatin1(v.read("report")), sumOf("w") + QStringLiteral("\n-\n"));
        QCOMPARE(v.run(volumeRestoreScript(), {}), 0);
        QVERIFY(!QFile::exists(v.at("models/t2m.pt")));
    }
    void aWrongChecksumChangesNothing() {
        Volume v;
        v.write("parts/part-0000", "broken on the way");
        v.write("models/t2m.pt", "old weights");
        QCOMPARE(v.run(volumeWriteScript(), sumOf("what was sent")), 3);
        QCOMPARE(v.read("models/t2m.pt"), QByteArray("old weights"));
        QCOMPARE(v.read("report").trimmed(), QByteArray("the checksum of the written file is wrong"));
        QCOMPARE(QDir(v.at("models")).entryList(QDir::Files | QDir::Hidden), QStringList{QStringLiteral("t2m.pt")});
        v.write("models/t2m.pt.before-1", "somebody else's");
        QCOMPARE(v.run(volumeRestoreScript(), sumOf("old weights")), 3);
        QCOMPARE(v.read("models/t2m.pt"), QByteArray("old weights"));
        QCOMPARE(v.run(volumeRestoreScript(), sumOf("old weights"), QStringLiteral("gone")), 3);
    }
    void thePodIsTheWorkloadsOwnUser() {
        VolumeJob job;
        job.name = QStringLiteral("pilothouse-write-1");
        job.claim = QStringLiteral("models");
        job.image = QStringLiteral("api:1");
        job.script = volumeWriteScript();
        job.parts = QStringList{QStringLiteral("p0"), QStringLiteral("p1")};
        job.sameNode = true;
        job.workload = object("{'spec':{'selector':{'matchLabels':{'app':'api'}},'template':{'spec':{'securityContext':{'fsGroup':7},'imagePullSecrets':[{'name':'pull'}],'containers':[{'name':'a','securityContext':{'runAsUser':5}}]}}}}");
        const QJsonObject pod = volumeJobManifest(job).value(Q("spec")).toObject().value(Q("template")).toObject().value(Q("spec")).toObject();
        QCOMPARE(pod.value(Q("securityContext")).toObject(), object("{'fsGroup':7}"));
        QCOMPARE(pod.value(Q("imagePullSecrets")).toArray().size(), 1);
        QCOMPARE(pod.value(Q("containers")).toArray().first().toObject().value(Q("securityContext")).toObject(), object("{'runAsUser':5}"));
        QCOMPARE(pod.value(Q("restartPolicy")).toString(), QStringLiteral("Never"));
        QVERIFY(pod.contains(Q("affinity"))); // a claim of one node: where the readers are
        QCOMPARE(pod.value(Q("volumes")).toArray().at(1).toObject().value(Q("projected")).toObject().value(Q("sources")).toArray().size(), 2);
    }
    void whyAPodDoesNotRun() {
        QCOMPARE(podTrouble(object("{'status':{'containerStatuses':[{'state':{'waiting':{'reason':'ImagePullBackOff','message':'no such image'}}}]}}")), QStringLiteral("ImagePullBackOff: no such image"));
        QCOMPARE(podTrouble(object("{'status':{'conditions':[{'type':'PodScheduled','status':'False','message':'0/2 nodes: volume is bound elsewhere'}]}}")), QStringLiteral("It cannot be scheduled: 0/2 nodes: volume is bound elsewhere"));
        QCOMPARE(podTrouble(object("{'status':{'containerStatuses':[{'state':{'waiting':{'reason':'ContainerCreating'}}}]}}")), QString());
    }
};

QTEST_GUILESS_MAIN(TestVolumeScript)
#include "tst_volume_script.moc"
