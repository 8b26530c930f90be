// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/pictures.h"

#include "app/console/command_palette.h"
#include "core/base/file.h"
#include "widgets/base/toast.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QPixmap>

namespace pilothouse::console {
namespace {

constexpr int settleMilliseconds = 250; // panels that ask a pool for more get their answer
constexpr int mostSettles = 40;

} // namespace

Pictures::Pictures(MainWindow &window, ui::Theme &theme, const QString &folder, QObject *parent)
    : QObject(parent), m_window(window), m_theme(theme), m_folder(folder) {
    for (bool dark : {true, false})
        for (const QSize size : {QSize(1440, 900), QSize(1024, 640)}) {
            for (const PanelEntry &entry : window.panels())
                if (entry.make)
                    m_shots.push_back({entry.id, [this, id = entry.id] { m_window.open(id, QStringLiteral("")); }, dark, size});
            m_shots.push_back({QStringLiteral("promotion"), [this] { openSheet(); }, dark, size});
            m_shots.push_back({QStringLiteral("explain"), [this] { openExplanation(); }, dark, size, [this] { return isExplained(); }});
            m_shots.push_back({QStringLiteral("palette"), [this] {
                                   m_window.open(QStringLiteral("overview"));
                                   m_window.openPalette(m_window.snapshot().models.empty() ? QString() : m_window.snapshot().models.front().name);
                               }, dark, size});
            m_shots.push_back({QStringLiteral("first-start"), [this] { m_window.actions().trigger(QStringLiteral("window.welcome")); }, dark, size});
        }
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleMilliseconds);
    connect(&m_settle, &QTimer::timeout, this, &Pictures::grab);
    connect(&window, &MainWindow::snapshotShown, this, &Pictures::next, Qt::SingleShotConnection);
}

void Pictures::next() {
    if (m_at >= m_shots.size())
        return QCoreApplication::exit(0);
    const Shot &shot = m_shots[m_at];
    m_window.toasts().dismissAll(); // the screens are looked at, not what the start found
    m_theme.apply(shot.dark ? ui::SchemeChoice::Dark : ui::SchemeChoice::Light, m_theme.scalePercent());
    m_window.resize(shot.size);
    shot.open();
    m_waited = 0;
    m_settle.start();
}

void Pictures::openSheet() {
    const auto &promotions = m_window.snapshot().promotions; // newest first
    m_window.open(QStringLiteral("models"), promotions.empty() ? QString() : promotions.front().id);
}

void Pictures::openExplanation() {
    const auto &models = m_window.snapshot().models;
    m_window.open(QStringLiteral("what-if"), QStringLiteral("explain:") + (models.empty() ? QString() : models.front().name));
}

/// Asked for once; the page keeps its answer.
bool Pictures::isExplained() {
    ui::ActionCatalogue &actions = m_window.actions();
    if (m_window.snapshot().versions.empty())
        return true; // there is nothing to explain
    if (!m_explaining && actions.blocked(QStringLiteral("explain.run")).isEmpty()) { // the version is read
        m_explaining = true;
        actions.trigger(QStringLiteral("explain.run"));
    }
    return m_explaining && !actions.blocked(QStringLiteral("explain.stop")).isEmpty(); // and nothing is on its way
}

void Pictures::grab() {
    if (const auto &ready = m_shots[m_at].ready; ready && !ready() && ++m_waited < mostSettles)
        return m_settle.start();
    const Shot &shot = m_shots[m_at++];
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    const QString file = QStringLiteral("%1/%2-%3-%4x%5.png").arg(m_folder, shot.name, shot.dark ? QStringLiteral("dark") : QStringLiteral("light")).arg(shot.size.width()).arg(shot.size.height());
    m_window.grab().save(&buffer, "PNG");
    if (auto *palette = m_window.findChild<CommandPalette *>())
        palette->close();
    if (const auto written = writeFileAtomically(file, png); !written) {
        qCritical("%s", qUtf8Printable(written.error().text()));
        return QCoreApplication::exit(2);
    }
    next();
}

} // namespace pilothouse::console
