// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/main_window.h"
#include "app/console/pictures.h"
#include "core/base/actor.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QLibraryInfo>
#include <QLocale>
#include <QThread>
#include <QTimer>
#include <QTranslator>

#include <cstdio>

namespace {

using namespace pilothouse;

int usageError(const QString &text) {
    std::fprintf(stderr, "%s\n", qUtf8Printable(text));
    return 2;
}

/// Ours and Qt's own texts in the chosen language, else in the system's.
void installTranslators(const QString &language) {
    const QLocale locale = language.isEmpty() ? QLocale() : QLocale(language);
    if (!language.isEmpty())
        QLocale::setDefault(locale);
    auto *ours = new QTranslator(qApp), *qts = new QTranslator(qApp);
    // English is in the sources; its file only knows plurals, and serves every language we do not speak.
    if (ours->load(locale, QStringLiteral("pilothouse"), QStringLiteral("_"), QStringLiteral(":/i18n")) || ours->load(QStringLiteral(":/i18n/pilothouse_en.qm")))
        QCoreApplication::installTranslator(ours);
    if (qts->load(locale, QStringLiteral("qtbase"), QStringLiteral("_"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(qts);
}

} // namespace

int main(int argc, char **argv) {
    QApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("pilothouse"));
    QCoreApplication::setApplicationVersion(QStringLiteral(PILOTHOUSE_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("pilothouse"));
    setProgramName(QStringLiteral("pilothouse"));

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Control console for machine-learning models in production"));
    const QCommandLineOption workspaceOption(QStringLiteral("workspace"), QStringLiteral("Workspace file (default: found here or above, else the demo)."), QStringLiteral("FILE"));
    const QCommandLineOption picturesOption(QStringLiteral("pictures"), QStringLiteral("Write a picture of every screen into DIR and end."), QStringLiteral("DIR"));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({workspaceOption, picturesOption});
    if (!parser.parse(QCoreApplication::arguments()))
        return usageError(parser.errorText());
    if (parser.isSet(QStringLiteral("help")))
        parser.showHelp(0);
    if (parser.isSet(QStringLiteral("version")))
        parser.showVersion();
    if (!parser.positionalArguments().isEmpty())
        return usageError(QStringLiteral("Unexpected argument %1. Name a workspace with --workspace FILE.").arg(parser.positionalArguments().first()));

    console::WindowOptions options;
    options.workspace = parser.value(workspaceOption);
    options.preferencesFile = console::PreferencesFile::path();
    options.sessionFile = console::Session::path();
    const bool pictures = parser.isSet(picturesOption);
    options.remember = options.desktop = !pictures;

    const auto preferences = console::PreferencesFile::load(options.preferencesFile);
    installTranslators(preferences ? preferences->language : QString());
    ui::Theme theme;
    Pools pools(std::max(1, QThread::idealThreadCount() - 1));
    console::MainWindow window(pools, theme, options);
    window.show();
    if (pictures)
        new console::Pictures(window, theme, parser.value(picturesOption), &window);
    QTimer::singleShot(0, &window, &console::MainWindow::start); // paint first, open then
    return app.exec();
}
