// SPDX-License-Identifier: GPL-3.0-or-later
// pilothouse-estate --folder DIR [--only jenkins,slack] [--speed 60] [--port-file FILE]: servers that cannot run here, played on loopback.
//   The port file ({"jenkins": "http://127.0.0.1:PORT", …, "control": …, "pid": …}) is there when all listen, and gone at the end. Ends on SIGTERM and SIGINT; the state stays in the folder.
#include "app/estate/estate.h"
#include "app/estate/stand_ins.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QFile>

#include <csignal>
#include <cstdio>

using namespace pilothouse;

namespace {

int failed(const QString &what) {
    std::fprintf(stderr, "pilothouse-estate: %s\n", qPrintable(what));
    return 1;
}

} // namespace

int main(int argc, char **argv) {
    sigset_t signals; // before any thread: all of them leave these to sigwait() below
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({{QStringLiteral("folder"), QStringLiteral("Where the state is kept."), QStringLiteral("DIR")},
                       {QStringLiteral("only"), QStringLiteral("Only these, by commas: %1.").arg(estate::standInNames().join(QStringLiteral(", "))), QStringLiteral("NAMES")},
                       {QStringLiteral("speed"), QStringLiteral("How many times faster its clock runs; 0: it stands."), QStringLiteral("N"), QStringLiteral("1")},
                       {QStringLiteral("port-file"), QStringLiteral("Written when all listen."), QStringLiteral("FILE")}});
    parser.process(app);
    bool number = false;
    estate::EstateOptions options;
    options.speed = parser.value(QStringLiteral("speed")).toDouble(&number);
    if (!number || !(options.speed >= 0 && options.speed <= 100000))
        return failed(QStringLiteral("--speed is a number from 0 to 100000."));
    if (parser.value(QStringLiteral("folder")).isEmpty())
        return failed(QStringLiteral("--folder says where the state is kept."));
    options.folder = QDir(parser.value(QStringLiteral("folder"))).absolutePath();
    const QStringList only = parser.value(QStringLiteral("only")).split(QLatin1Char(','), Qt::SkipEmptyParts);
    for (const QString &name : only)
        if (!estate::standInNames().contains(name))
            return failed(QStringLiteral("There is no stand-in “%1”; there are %2.").arg(name, estate::standInNames().join(QStringLiteral(", "))));
    if (const auto made = makeFolder(options.folder, true); !made)
        return failed(made.error().what);
    const auto lock = FileLock::tryAcquire(options.folder + QStringLiteral("/lock")); // two would write one state; `pilot demo --estate --stop` knows by it that the pid is ours
    if (!lock)
        return failed(QStringLiteral("An estate runs already on %1.").arg(options.folder));
    auto started = estate::Estate::start(options, estate::makeStandIns(only));
    if (!started)
        return failed(started.error().what);
    const QString portFile = parser.value(QStringLiteral("port-file"));
    QJsonObject urls = (*started)->urls();
    urls.insert(QStringLiteral("pid"), double(QCoreApplication::applicationPid()));
    if (!portFile.isEmpty())
        if (const auto written = writeFileAtomically(portFile, prettyJson(urls)); !written)
            return failed(written.error().what);
    std::printf("%s", prettyJson(urls).constData());
    std::fflush(stdout);
    int which = 0;
    sigwait(&signals, &which);
    if (!portFile.isEmpty())
        QFile::remove(portFile);
    started->reset();
    return 0;
}
