// SPDX-License-Identifier: GPL-3.0-or-later
// The real `pilot`, driven verb by verb, for scenarios.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>
#include <QTest>

namespace pilothouse::support {

struct Answer {
    int code = -1; ///< −1: it did not end in time
    QJsonObject object;
    QString errors;
    QByteArray out;
    QJsonObject error() const { return object.value(QLatin1String("error")).toObject(); }
};

/// The program that CMake names; a test that has none is skipped.
inline QString pilotUnderTest() { return qEnvironmentVariable("PILOTHOUSE_PILOT"); }

/// Runs a verb with --json in a folder, on its pilothouse.yaml; two minutes at most.
/// @param workspace  its name, for the key of its journal, so that nobody's keychain is touched; empty: nothing is written
inline Answer runPilot(const QString &folder, const QStringList &arguments, const QString &workspace = {}) {
    QProcess process;
    if (!workspace.isEmpty()) {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PILOTHOUSE_SECRET_JOURNAL_KEY_") + workspace.toUpper(), QStringLiteral("a key for this test"));
        process.setProcessEnvironment(environment);
    }
    process.setWorkingDirectory(folder);
    process.start(pilotUnderTest(), QStringList{QStringLiteral("--json"), QStringLiteral("--workspace"), folder + QStringLiteral("/pilothouse.yaml")} + arguments);
    Answer answer;
    if (!process.waitForFinished(120000))
        return answer;
    answer.code = process.exitCode();
    answer.errors = QString::fromUtf8(process.readAllStandardError());
    answer.out = process.readAllStandardOutput();
    answer.object = QJsonDocument::fromJson(answer.out).object();
    return answer;
}

} // namespace pilothouse::support

#define VERIFY_CODE(call, wanted)                                                                                      \
    do {                                                                                                               \
        const pilothouse::support::Answer given = (call);                                                              \
        QVERIFY2(given.code == (wanted), qPrintable(QStringLiteral("exit %1: %2").arg(given.code).arg(given.errors)));  \
    } while (false)
