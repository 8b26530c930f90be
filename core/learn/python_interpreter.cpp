// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/python_interpreter.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QStandardPaths>

namespace pilothouse::learn {

namespace {

constexpr int answerMilliseconds = 20000;
constexpr int oldestMinor = 8;

/// The program that is meant, not yet asked. Links stay: an environment's python is one, and knows its environment by the link.
Result<QString> programOf(const QString &chosen) {
    if (chosen.isEmpty()) {
        const QString program = QStandardPaths::findExecutable(QStringLiteral("python3"));
        if (program.isEmpty())
            return notFound(QStringLiteral("There is no python3 on this machine's PATH."), {}, QStringLiteral("Install Python, or name one by --python: a program, or the folder of a virtual environment."));
        return program;
    }
    const QFileInfo info(chosen);
    if (info.isDir()) {
        const QString program = QDir(info.absoluteFilePath()).filePath(QStringLiteral("bin/python"));
        if (!QFileInfo(program).isExecutable())
            return notFound(QStringLiteral("This folder is no virtual environment: it has no bin/python."), info.absoluteFilePath(), QStringLiteral("Make one: python3 -m venv FOLDER."));
        return program;
    }
    if (info.isFile() && info.isExecutable())
        return info.absoluteFilePath();
    const QString found = chosen.contains(QLatin1Char('/')) ? QString() : QStandardPaths::findExecutable(chosen);
    if (found.isEmpty())
        return notFound(QStringLiteral("There is no such Python."), chosen, QStringLiteral("Name a program, or the folder of a virtual environment."));
    return found;
}

bool isInside(const QString &path, const QString &folder) { return path == folder || path.startsWith(folder.endsWith(QLatin1Char('/')) ? folder : folder + QLatin1Char('/')); }

} // namespace

Result<PythonInterpreter> findPython(const QString &chosen) {
    PH_ASSIGN(const QString program, programOf(chosen));
    QProcess process;
    process.start(program, {QStringLiteral("-I"), QStringLiteral("-c"),
                            QStringLiteral("import json, sys; print(json.dumps([sys.executable, list(sys.version_info[:3]), sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]))")},
                  QIODevice::ReadOnly);
    if (!process.waitForFinished(answerMilliseconds)) {
        process.kill();
        process.waitForFinished();
        return invalid(QStringLiteral("This program could not be asked for its version of Python."), program, QStringLiteral("Name another by --python."));
    }
    const QJsonArray answer = QJsonDocument::fromJson(process.readAllStandardOutput()).array();
    const QJsonArray version = answer.at(1).toArray();
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0 || answer.size() != 6 || version.at(0).toInt() != 3 || version.at(1).toInt() < oldestMinor) {
        Error error = invalid(QStringLiteral("This program does not answer as Python 3.%1 or newer does.").arg(oldestMinor), program, QStringLiteral("Name another by --python."));
        error.raw = QString::fromUtf8(process.readAllStandardError()).trimmed();
        return error;
    }
    PythonInterpreter python;
    python.program = answer.at(0).toString();
    python.version = QStringLiteral("3.%1.%2").arg(version.at(1).toInt()).arg(version.at(2).toInt());
    for (qsizetype i = 2; i < answer.size(); ++i) {
        const QString folder = QDir::cleanPath(answer.at(i).toString());
        if (isInside(folder, QStringLiteral("/usr")) || python.folders.contains(folder))
            continue;
        for (const QString &kept : {QDir::homePath(), QDir::tempPath(), QStringLiteral("/etc")})
            if (isInside(QFileInfo(kept).canonicalFilePath(), QFileInfo(folder).canonicalFilePath()))
                return invalid(QStringLiteral("This Python is installed in %1 itself, which holds %2, so it cannot be shown to a program that is not trusted.").arg(folder, kept), python.program,
                               QStringLiteral("Make a virtual environment in a folder of its own and name that by --python."));
        python.folders << folder;
    }
    return python;
}

} // namespace pilothouse::learn
