// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/metrics/random.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace pilothouse;

/// `pilot train` killed with SIGKILL at chance moments, again and again, and resumed: the weights have the SHA-256 of an undisturbed
/// run, and no half-written package is ever seen. Rounds: PILOTHOUSE_ROUNDS, else 12.
class TestKilledTraining : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QStringList command(const QString &out, bool resume) const {
        QStringList arguments{QStringLiteral("train"), m_folder.filePath(QStringLiteral("recipe.yaml")), QStringLiteral("--out"), out, QStringLiteral("--json"), QStringLiteral("--checkpoint-seconds"), QStringLiteral("0")};
        if (resume)
            arguments << QStringLiteral("--resume") << out;
        return arguments;
    }
    static QString weights(const QByteArray &answer) { return QJsonDocument::fromJson(answer).object().value(QLatin1String("weights_sha256")).toString(); }

private Q_SLOTS:
    void initTestCase() {
        if (!QFileInfo::exists(qEnvironmentVariable("PILOTHOUSE_PILOT")))
            QSKIP("pilot is not built");
        QByteArray csv = "a,b,c,y\n";
        metrics::Random random(1);
        for (int i = 0; i < 4000; ++i) {
            const double a = random.uniform(), b = random.uniform(), c = random.uniform();
            csv += QByteArray::number(a) + ',' + QByteArray::number(b) + ',' + QByteArray::number(c) + ',' + QByteArray::number(10 * a * b + c + random.uniform()) + '\n';
        }
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("data.csv")), csv));
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("recipe.yaml")),
                                    QByteArray("recipe: killed\ndata: {source: data.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\n"
                                               "estimators: [ridge: {alpha: 1}, random_forest: {n_estimators: 60, max_depth: 7}, decision_tree: {max_depth: 3}]\n")));
    }

    void killedAndResumedTheWeightsAreTheSame() {
        const QString pilot = qEnvironmentVariable("PILOTHOUSE_PILOT");
        QProcess undisturbed;
        QElapsedTimer clock;
        clock.start();
        undisturbed.start(pilot, command(m_folder.filePath(QStringLiteral("whole")), false));
        QVERIFY(undisturbed.waitForFinished(120000));
        const qint64 length = clock.elapsed();
        QVERIFY2(undisturbed.exitCode() == 0, undisturbed.readAllStandardError().constData());
        const QString expected = weights(undisturbed.readAllStandardOutput());
        QCOMPARE(expected.size(), 64);
        const int rounds = qEnvironmentVariableIntValue("PILOTHOUSE_ROUNDS") > 0 ? qEnvironmentVariableIntValue("PILOTHOUSE_ROUNDS") : 12;
        metrics::Random random(7);
        int kills = 0, resumed = 0;
        for (int round = 0; round < rounds; ++round) {
            const QString out = m_folder.filePath(QStringLiteral("run-%1").arg(round));
            QString found;
            for (int attempt = 0; attempt < 200 && found.isEmpty(); ++attempt) {
                const bool resume = QFileInfo::exists(out + QStringLiteral(".checkpoint/checkpoint.json"));
                resumed += resume ? 1 : 0;
                QProcess process;
                process.start(pilot, command(out, resume));
                // Longer with each attempt, so that every round ends.
                const bool ended = process.waitForFinished(int(random.below(std::uint64_t(length))) + attempt * 20);
                if (!ended) {
                    ::kill(pid_t(process.processId()), SIGKILL);
                    QVERIFY(process.waitForFinished(30000));
                    ++kills;
                }
                if (QFileInfo::exists(out)) {
                    const auto package = artifact::openPackage(out); // whole, or not there
                    QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
                    found = package->weightsSha256();
                } else if (ended) {
                    QFAIL(qPrintable(QString::fromUtf8(process.readAllStandardError())));
                }
            }
            QCOMPARE(found, expected);
        }
        QVERIFY2(kills >= rounds / 2, qPrintable(QStringLiteral("%1 kills, %2 resumed").arg(kills).arg(resumed)));
        QVERIFY2(resumed >= 1, "no run was killed after its first checkpoint");
        qInfo("%d rounds, %d kills, %d starts from a checkpoint", rounds, kills, resumed);
    }
};

QTEST_GUILESS_MAIN(TestKilledTraining)
#include "tst_killed_training.moc"
