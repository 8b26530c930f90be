// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/open_workspace.h"
#include "app/console/panels.h"
#include "app/console/stored_state.h"
#include "core/fleet/mirror_retry.h"

#include <QMainWindow>
#include <QPointer>
#include <QTimer>

class QStackedWidget;

namespace pilothouse::ui {
class ToastArea;
class PanelState;
} // namespace pilothouse::ui

namespace pilothouse::console {

class CommandPalette;
class DemoTraffic;
class Desktop;
class FirstStart;
class HeaderBar;
class NavRail;
class TaskBar;

struct WindowOptions {
    QString workspace;        ///< --workspace
    QString preferencesFile, sessionFile;
    bool remember = true;     ///< false: neither file is written (pictures, tests)
    bool desktop = true;      ///< false: no D-Bus
};

/// The one window: rail, header, panels, task bar, palette, toasts. It wires and decides nothing about models.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    MainWindow(Pools &pools, ui::Theme &theme, WindowOptions options);
    ~MainWindow() override;
    void start(); ///< after show(): opens the workspace

    ui::ActionCatalogue &actions() { return *m_actions; }
    ui::ToastArea &toasts() { return *m_toasts; }
    fleet::Fleet *fleet() const { return m_fleet.get(); }
    fleet::Jobs *jobs() const { return m_jobs.get(); }
    const std::vector<PanelEntry> &panels() const { return m_entries; }
    QString currentPanel() const { return m_current; }
    /// Builds it on the first visit; null if this build has no such panel.
    ui::Panel *panel(const QString &id);
    void open(const QString &panel, const QString &argument = {});
    void openPalette(const QString &text = {});
    /// Tests hand snapshots over instead of a workspace.
    void showSnapshot(const fleet::Snapshot &snapshot);
    const fleet::Snapshot &snapshot() const { return m_snapshot; }
    void setPreferences(const ui::Preferences &preferences);

Q_SIGNALS:
    void snapshotShown();

protected:
    void closeEvent(QCloseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool event(QEvent *event) override; ///< tells the first paint to the log category pilothouse.start

private:
    void build();
    void addActions();
    void addGoActions();
    bool resolve(const QString &action, ui::ActionCatalogue::Resolve how);
    void workspaceOpened();
    void dropPanels();
    ui::Panel *makePanel(const QString &id);
    ui::Panel *constructPanel(const QString &id);
    void attachPanel(const QString &id, ui::Panel *panel);
    void buildSoon(const QString &id);
    void buildAhead();
    void bringUp(QWidget *page);
    void dropHalf();
    void retirePanels();
    void sweep();
    void showHeader();
    void showJobs();
    void showStatus();
    void tellDesktop();
    void openItem(const QString &id);
    void jobFinished(const QString &id);
    void showWelcome();
    void chooseWorkspace();
    void newFromTemplate();
    void exportJournal();
    std::vector<struct PaletteItem> paletteItems();
    ui::PanelContext panelContext();

    Pools &m_pools;
    ui::Theme &m_theme;
    WindowOptions m_options;
    ui::Preferences m_preferences;
    Session m_session;
    std::vector<PanelEntry> m_entries;
    ui::ActionCatalogue *m_actions;
    Desktop *m_desktop;
    DemoTraffic *m_traffic;
    OpenWorkspace *m_workspace;
    std::vector<std::unique_ptr<fleet::Fleet>> m_retiredFleets;
    std::vector<ui::Panel *> m_retired; ///< of a workspace that was read again; deleted one an event
    QTimer m_sweep;
    QTimer m_ahead;     ///< builds the panels that nobody has opened yet
    QStringList m_soon; ///< panels whose commands are on the screen: the first ones of these
    std::unique_ptr<fleet::Fleet> m_fleet;
    std::unique_ptr<fleet::Jobs> m_jobs;
    std::unique_ptr<fleet::MirrorRetry> m_mirrors; ///< trainings that wait for another registry
    std::unique_ptr<ui::Panel> m_half; ///< a panel built ahead that is not in the window yet
    QString m_halfId;
    QPointer<ui::Panel> m_unstyled;    ///< a panel built ahead that is in the window, its parts not styled yet
    fleet::Snapshot m_snapshot;
    QSet<QString> m_told; ///< inbox items that the desktop was told of: each once
    bool m_hasSnapshot = false, m_closing = false, m_painted = false;
    QString m_current;
    QHash<QString, ui::Panel *> m_panels;
    QSet<QString> m_unfed; ///< built, and no snapshot shown yet
    QHash<QString, QStringList> m_panelActions; ///< commands a panel brought: they go with it
    NavRail *m_rail = nullptr;
    HeaderBar *m_header = nullptr;
    TaskBar *m_taskBar = nullptr;
    QStackedWidget *m_stack = nullptr;
    ui::PanelState *m_blank = nullptr; ///< before the first snapshot, or when the workspace cannot be opened
    FirstStart *m_welcome = nullptr;
    CommandPalette *m_palette = nullptr;
    ui::ToastArea *m_toasts = nullptr;
};

} // namespace pilothouse::console
