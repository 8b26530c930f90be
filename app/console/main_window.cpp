// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/main_window.h"

#include "app/console/command_palette.h"
#include "app/console/demo_traffic.h"
#include "app/console/desktop.h"
#include "app/console/first_start.h"
#include "app/console/header_bar.h"
#include "app/console/nav_rail.h"
#include "app/console/task_bar.h"
#include "core/base/actor.h"
#include "core/demo/demo_workspace.h"
#include "widgets/base/chart_desk.h"
#include "widgets/base/confirm.h"
#include "widgets/base/export.h"
#include "widgets/base/format.h"
#include "widgets/base/panel_state.h"
#include "widgets/base/source_label.h"
#include "widgets/base/toast.h"

#include <QBoxLayout>
#include <QCloseEvent>
#include <QLoggingCategory>
#include <QStackedWidget>

#include <algorithm>
#include <ctime>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace pilothouse::console {

using namespace ui;

namespace {

Q_LOGGING_CATEGORY(startLog, "pilothouse.start", QtWarningMsg)

constexpr int narrowBelow = 1280; // px: the rail loses its labels
constexpr int aheadInterval = 100; // ms between two steps of building ahead: a person's events come first

/// The window's picture is some megabytes and is made anew at each step of a resize. Given back to the system in between, every page of
/// it has to be fetched again: half of what such a repaint costs.
void keepFreedMemory() {
#ifdef __GLIBC__
    constexpr int most = 64 << 20;
    ::mallopt(M_MMAP_THRESHOLD, most / 2);
    ::mallopt(M_TRIM_THRESHOLD, most);
#endif
}

} // namespace

MainWindow::MainWindow(Pools &pools, Theme &theme, WindowOptions options)
    : m_pools(pools), m_theme(theme), m_options(std::move(options)), m_entries(panelEntries()), m_actions(new ActionCatalogue(this)), m_desktop(new Desktop(this)), m_traffic(new DemoTraffic(*m_actions, this)),
      m_workspace(new OpenWorkspace(pools, this)) {
    keepFreedMemory();
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(QStringLiteral("Pilothouse"));
    setMinimumSize(1024, 640);
    if (m_options.remember)
        m_session = Session::load(m_options.sessionFile);
    const auto preferences = PreferencesFile::load(m_options.preferencesFile);
    m_preferences = preferences.value_or({});
    m_theme.apply(m_preferences.scheme, m_preferences.scalePercent);
    setTimesInUtc(m_preferences.utc);
    build();
    ChartDesk::of(this).setSaveAs([this](QWidget *owner, const QString &name, const QString &filter, const ChartDesk::Bytes &bytes) { saveAs(panelContext(), owner, name, filter, bytes); });
    if (!preferences)
        m_toasts->showError(preferences.error());
    addActions();
    addGoActions();
    m_actions->installShortcuts({}, this, {});
    m_actions->setAsk(ConfirmSheet::asker(this));
    // What a panel brings later, with a page that is built when it is first wanted, goes with the panel, too.
    connect(m_actions, &ActionCatalogue::added, this, [this](const QString &id) {
        const ActionSpec *spec = m_actions->find(id);
        if (spec && m_panels.contains(spec->panel) && !m_panelActions[spec->panel].contains(id))
            m_panelActions[spec->panel] << id;
    });
    m_actions->setResolver([this](const QString &id, ActionCatalogue::Resolve how) { return resolve(id, how); });
    connect(m_actions, &ActionCatalogue::refused, this, [this](const QString &, const QString &reason) { m_toasts->show(State::Warn, tr("Not done"), reason); });
    m_sweep.setObjectName(QStringLiteral("sweep"));
    m_ahead.setObjectName(QStringLiteral("ahead"));
    connect(&m_sweep, &QTimer::timeout, this, &MainWindow::sweep);
    connect(&m_ahead, &QTimer::timeout, this, &MainWindow::buildAhead);
    connect(m_workspace, &OpenWorkspace::opened, this, &MainWindow::workspaceOpened);
    connect(m_workspace, &OpenWorkspace::failed, this, [this](const Error &error) {
        if (m_hasSnapshot || m_fleet)
            return m_toasts->showError(error); // the last good one goes on
        m_blank->show(ScreenState::failed(error, tr("Try again"), [this] { m_workspace->find(m_options.workspace); }));
        bringUp(m_blank);
    });
    connect(m_desktop, &Desktop::schemeChanged, &m_theme, &Theme::setSystemDark);
    connect(m_desktop, &Desktop::opened, this, &MainWindow::openItem);
    if (!m_session.geometry.isEmpty())
        restoreGeometry(m_session.geometry);
    else
        resize(1440, 900);
    m_current = QStringLiteral("overview");
    for (const PanelEntry &entry : m_entries)
        if (entry.id == m_session.panel && entry.make)
            m_current = entry.id;
    m_rail->setCurrent(m_current);
    showHeader();
}

MainWindow::~MainWindow() {
    ChartDesk::of(this).setSaveAs({});
    dropPanels(); // before fleet and jobs, which they point to
}

void MainWindow::build() {
    auto *centre = new QWidget(this);
    auto *row = new QHBoxLayout(centre);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_rail = new NavRail(m_entries, centre);
    row->addWidget(m_rail);
    auto *column = new QVBoxLayout;
    column->setSpacing(0);
    row->addLayout(column, 1);
    m_header = new HeaderBar(centre);
    m_stack = new QStackedWidget(centre);
    m_stack->setObjectName(QStringLiteral("stack"));
    column->addWidget(m_header);
    column->addWidget(m_stack, 1);
    auto *whole = new QWidget(this);
    auto *wholeColumn = new QVBoxLayout(whole);
    wholeColumn->setContentsMargins(0, 0, 0, 0);
    wholeColumn->setSpacing(0);
    m_taskBar = new TaskBar(whole);
    wholeColumn->addWidget(centre, 1);
    wholeColumn->addWidget(m_taskBar);
    setCentralWidget(whole);
    m_blank = new PanelState(m_stack);
    m_blank->show(ScreenState::loading());
    m_stack->addWidget(m_blank);
    m_toasts = new ToastArea(this);
    m_palette = new CommandPalette(this);
    m_header->setUser(currentActor(), QString());
    m_header->setEnvironment(tr("no workspace"), QString(), true);

    connect(m_rail, &NavRail::chosen, this, [this](const QString &id) { open(id); });
    connect(m_header, &HeaderBar::paletteWanted, this, [this] { openPalette(); });
    connect(m_header, &HeaderBar::pathClicked, this, [this](int) { open(m_current, QString()); });
    connect(m_taskBar, &TaskBar::journalOpened, this, [this] { open(QStringLiteral("journal")); });
    connect(m_taskBar, &TaskBar::connectionsOpened, this, [this] { open(QStringLiteral("connections")); });
    connect(m_taskBar, &TaskBar::jobOpened, this, [this](const QString &id) { open(QStringLiteral("train"), id); });
    connect(m_taskBar, &TaskBar::cancelWanted, this, [this](const QString &id) { m_jobs ? m_jobs->cancel(id) : void(); });
    connect(m_taskBar, &TaskBar::dismissWanted, this, [this](const QString &id) { m_jobs ? m_jobs->dismiss(id) : void(); });
    connect(m_taskBar, &TaskBar::demoWanted, this, [this] { m_actions->trigger(QStringLiteral("demo.start")); });
    connect(m_traffic, &DemoTraffic::changed, this, [this] {
        m_taskBar->setDemoOffered(m_traffic->offered() && !m_traffic->running());
        if (Panel *shown = m_panels.value(m_current); shown && m_hasSnapshot)
            shown->showSnapshot(m_snapshot); // its button says the other thing now
    });
    connect(m_taskBar, &TaskBar::resumeWanted, this, [this](const QString &id) {
        if (m_jobs)
            m_jobs->resume(id);
    });
}

void MainWindow::start() {
    if (m_options.desktop)
        m_desktop->watchScheme();
    m_workspace->find(m_options.workspace);
}

PanelContext MainWindow::panelContext() {
    PanelContext context;
    context.fleet = m_fleet.get();
    context.jobs = m_jobs.get();
    context.actions = m_actions;
    context.theme = &m_theme;
    context.toasts = m_toasts;
    context.open = [this](const QString &panel, const QString &argument) { open(panel, argument); };
    context.preferences = [this] { return m_preferences; };
    context.setPreferences = [this](const Preferences &preferences) { setPreferences(preferences); };
    context.preferencesFile = m_options.preferencesFile;
    context.now = [this] { return Ticker::of(this).now(); };
    return context;
}

Panel *MainWindow::panel(const QString &id) {
    Panel *made = m_panels.contains(id) ? m_panels.value(id) : makePanel(id);
    if (made && m_hasSnapshot && m_unfed.remove(id)) {
        made->showSnapshot(m_snapshot);
        m_actions->renew(m_panelActions.value(id));
    }
    return made;
}

Panel *MainWindow::makePanel(const QString &id) {
    Panel *made = m_half && m_halfId == id ? m_half.release() : constructPanel(id);
    if (made)
        attachPanel(id, made);
    return made;
}

Panel *MainWindow::constructPanel(const QString &id) {
    const auto entry = std::find_if(m_entries.begin(), m_entries.end(), [&](const PanelEntry &e) { return e.id == id; });
    if (entry == m_entries.end() || !entry->make || (!m_fleet && !m_hasSnapshot))
        return nullptr;
    QStringList brought;
    const auto note = connect(m_actions, &ActionCatalogue::added, this, [&brought](const QString &action) { brought << action; });
    Panel *made = entry->make(panelContext());
    disconnect(note);
    m_panelActions.insert(id, brought);
    return made;
}

void MainWindow::attachPanel(const QString &id, Panel *made) {
    m_panels.insert(id, made);
    m_unfed.insert(id);
    m_stack->addWidget(made);
    m_session.restoreSizes(id, made);
    m_actions->installShortcuts(id, made, [made](const QString &action) { return made->currentArgument(action); });
    connect(made, &Panel::headerChanged, this, [this, id] {
        if (id == m_current)
            showHeader();
    });
}

/// A command of this panel has come to the screen, on a button of another one: the panel is built and fed next, but not in the event that
/// showed the button.
void MainWindow::buildSoon(const QString &id) {
    if (m_soon.contains(id) || (m_panels.contains(id) && !m_unfed.contains(id)))
        return;
    m_soon << id;
    m_ahead.start(0);
}

/// While the window is idle one panel after the other is built, put into the window and styled, each in an event of its own, so that a first
/// opening only has to show it, and the palette, which knows all panels' commands, has none to build.
void MainWindow::buildAhead() {
    if (m_unstyled) {
        for (QWidget *part : m_unstyled->findChildren<QWidget *>())
            part->ensurePolished();
        m_unstyled.clear();
        return;
    }
    if (m_half) {
        m_unstyled = m_half.get();
        attachPanel(m_halfId, m_half.release());
        return;
    }
    const auto build = [this](const QString &id) {
        m_half.reset(constructPanel(id));
        m_halfId = id;
    };
    if (!m_soon.isEmpty()) {
        const bool built = m_panels.contains(m_soon.front());
        if (!built)
            build(m_soon.front());
        if (m_half)
            return;
        if (const QString id = m_soon.takeFirst(); built)
            panel(id); // feeds it
        if (m_soon.isEmpty())
            m_ahead.start(aheadInterval);
        return;
    }
    for (const PanelEntry &entry : m_entries)
        if (entry.make && !m_panels.contains(entry.id))
            return build(entry.id);
    m_ahead.stop();
}

void MainWindow::open(const QString &id, const QString &argument) {
    const auto entry = std::find_if(m_entries.begin(), m_entries.end(), [&](const PanelEntry &e) { return e.id == id; });
    if (entry == m_entries.end())
        return;
    const bool fed = !m_panels.contains(id) || m_unfed.contains(id) || (m_current == id && m_stack->currentWidget() == m_panels.value(id)); // a new one is fed by panel()
    m_current = id;
    m_rail->setCurrent(id);
    if (Panel *shown = panel(id)) {
        if (m_hasSnapshot && !fed)
            shown->showSnapshot(m_snapshot);
        bringUp(shown);
        if (!argument.isNull()) // "" leads back to the panel's start
            shown->openAt(argument);
        shown->firstFocus()->setFocus();
    } else if (!entry->make) {
        m_blank->show(ScreenState::empty(tr("%1 is not part of this build").arg(entry->title), tr("The other screens are.")));
        bringUp(m_blank);
    }
    showHeader();
}

/// Shows one page of the stack. QStackedLayout blocks the updates of its parent meanwhile, which asks every part of every panel (some 2,500,
/// a seventh of an opening); as the attribute alone they are blocked already, and no part is asked.
void MainWindow::bringUp(QWidget *page) {
    m_stack->setAttribute(Qt::WA_UpdatesDisabled, true);
    m_stack->setCurrentWidget(page);
    m_stack->setAttribute(Qt::WA_UpdatesDisabled, false);
    m_stack->update();
}

bool MainWindow::resolve(const QString &action, ActionCatalogue::Resolve how) {
    for (const PanelEntry &entry : m_entries)
        for (const QString &prefix : entry.actions)
            if (action.startsWith(prefix) && entry.make) {
                if (how == ActionCatalogue::Resolve::Want)
                    buildSoon(entry.id);
                else if (how == ActionCatalogue::Resolve::Bring)
                    panel(entry.id);
                else if (how == ActionCatalogue::Resolve::Show)
                    open(entry.id);
                return true;
            }
    return false;
}

void MainWindow::workspaceOpened() {
    for (auto built = m_panels.begin(); built != m_panels.end(); ++built)
        m_session.keepSizes(built.key(), built.value());
    const bool sameFile = m_jobs && m_session.workspaceFile == m_workspace->file();
    if (sameFile)
        retirePanels();
    else
        dropPanels();
    m_fleet = std::make_unique<fleet::Fleet>(m_workspace->services(), m_pools);
    m_mirrors = std::make_unique<fleet::MirrorRetry>(m_workspace->services(), m_pools);
    connect(m_mirrors.get(), &fleet::MirrorRetry::sent, this, [this](int count) {
        m_toasts->showNote(State::Ok, tr("%n waiting training(s) arrived at the registry.", nullptr, count));
        m_fleet->refresh();
    });
    if (!sameFile) { // jobs of this file go on when only its text changed
        m_jobs = std::make_unique<fleet::Jobs>(m_pools, m_workspace->file());
        connect(m_jobs.get(), &fleet::Jobs::changed, this, &MainWindow::showJobs);
        connect(m_jobs.get(), &fleet::Jobs::finished, this, &MainWindow::jobFinished);
    }
    m_session.workspaceFile = m_workspace->file();
    m_traffic->setJobs(m_jobs.get(), m_workspace->isDemo() ? m_workspace->file() : QString());
    connect(m_fleet.get(), &fleet::Fleet::changed, this, [this] { showSnapshot(m_fleet->snapshot()); });
    for (const QString &note : m_workspace->services()->notes)
        m_toasts->showNote(State::Warn, note);
    m_hasSnapshot = false;
    m_fleet->start();
    m_mirrors->look();
    if (m_workspace->isFreshDemo() && !m_session.welcomed)
        showWelcome();
}

/// Takes away what was built ahead and is not in the window yet.
void MainWindow::dropHalf() {
    m_ahead.stop();
    m_soon.clear();
    if (!m_half)
        return;
    for (const QString &action : m_panelActions.take(m_halfId))
        m_actions->remove(action);
    m_half.reset();
}

void MainWindow::dropPanels() {
    dropHalf();
    while (m_sweep.isActive())
        sweep();
    for (auto built = m_panels.begin(); built != m_panels.end(); ++built) {
        m_stack->removeWidget(built.value());
        for (const QString &action : m_panelActions.value(built.key()))
            m_actions->remove(action);
        delete built.value();
    }
    m_panels.clear();
    m_unfed.clear();
    m_panelActions.clear();
}

/// Takes the panels away at once and deletes them one an event: all of them together would hold up the window. Until then the fleet
/// that they know lives on, though nobody listens to it.
void MainWindow::retirePanels() {
    dropHalf();
    for (auto built = m_panels.begin(); built != m_panels.end(); ++built) {
        m_stack->removeWidget(built.value());
        built.value()->hide();
        disconnect(built.value(), nullptr, this, nullptr);
        for (const QString &action : m_panelActions.value(built.key()))
            m_actions->remove(action);
        m_retired.push_back(built.value());
    }
    m_panels.clear();
    m_unfed.clear();
    m_panelActions.clear();
    if (m_fleet) {
        m_fleet->disconnect(this);
        m_retiredFleets.push_back(std::move(m_fleet));
    }
    m_sweep.start();
}

void MainWindow::sweep() {
    if (!m_retired.empty()) {
        delete m_retired.back();
        m_retired.pop_back();
        return;
    }
    m_retiredFleets.clear();
    m_sweep.stop();
}

void MainWindow::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    const bool first = !m_hasSnapshot;
    m_hasSnapshot = true;
    showStatus();
    tellDesktop();
    if (first && (!m_welcome || m_stack->currentWidget() != m_welcome))
        open(m_current);
    else if (Panel *shown = m_panels.value(m_current); shown && m_stack->currentWidget() == shown)
        shown->showSnapshot(m_snapshot);
    if (first && !m_ahead.isActive())
        m_ahead.start(aheadInterval);
    showHeader();
    Q_EMIT snapshotShown();
}

void MainWindow::tellDesktop() {
    QSet<QString> open;
    for (const fleet::InboxItem &item : m_snapshot.inbox) {
        if (item.group == fleet::InboxGroup::Handled)
            continue;
        open.insert(item.id);
        const bool fresh = !m_told.contains(item.id) && !m_told.isEmpty(); // what waited at the start is on the screen
        if (fresh && m_options.desktop && m_preferences.notifications && !isActiveWindow())
            m_desktop->notify(item.title, item.sentence, item.group == fleet::InboxGroup::Broken, item.id);
    }
    open.insert(QString()); // so that the first item after an empty start counts as new
    m_told = open;
}

void MainWindow::openItem(const QString &id) {
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
    const auto item = std::find_if(m_snapshot.inbox.begin(), m_snapshot.inbox.end(), [&](const fleet::InboxItem &one) { return one.id == id; });
    if (item == m_snapshot.inbox.end()) // it is over meanwhile
        return open(QStringLiteral("overview"));
    if (item->group == fleet::InboxGroup::Broken || item->group == fleet::InboxGroup::Soon)
        return open(QStringLiteral("alerts"), id);
    m_actions->trigger(QString(item->action), QString(item->argument)); // the handler may bring a new snapshot
}

void MainWindow::showHeader() {
    const Panel *shown = m_panels.value(m_current);
    if (shown && m_stack->currentWidget() == shown) {
        m_header->setPath(shown->path(), shown->subject());
        m_header->setBadges(shown->badges());
        setWindowTitle(QStringLiteral("%1 · Pilothouse").arg(shown->subject()));
        return;
    }
    for (const PanelEntry &entry : m_entries)
        if (entry.id == m_current)
            m_header->setPath({}, entry.title);
    m_header->setBadges({});
}

void MainWindow::showStatus() {
    using fleet::InboxGroup;
    int needs = 0, firing = 0;
    for (const fleet::InboxItem &item : m_snapshot.inbox) {
        needs += item.group != InboxGroup::Handled;
        firing += item.group == InboxGroup::Broken;
    }
    const auto paused = std::count_if(m_snapshot.pipelineRuns.begin(), m_snapshot.pipelineRuns.end(), [](const auto &run) { return run.state == pipelines::State::Paused; });
    const auto rollouts = std::count_if(m_snapshot.models.begin(), m_snapshot.models.end(), [](const fleet::ModelRow &row) {
        return row.rollout && (row.rollout->phase == cluster::RolloutPhase::Paused || row.rollout->phase == cluster::RolloutPhase::Progressing);
    });
    m_rail->setCount(QStringLiteral("overview"), needs);
    m_rail->setCount(QStringLiteral("alerts"), firing);
    m_rail->setCount(QStringLiteral("pipelines"), int(paused));
    m_rail->setCount(QStringLiteral("rollouts"), int(rollouts));
    m_rail->setCount(QStringLiteral("connections"), 0, m_snapshot.problems.empty() ? State::None : State::Warn);
    m_taskBar->setJournal(m_snapshot.journalCheck);
    const bool viewer = m_snapshot.role == workspace::Role::Viewer;
    bool typedName = false;
    int connections = 0;
    if (m_fleet) {
        for (const workspace::Connection &connection : m_fleet->services()->workspace.connections) {
            typedName |= connection.guard == QLatin1String("typed-name");
            ++connections;
        }
        const QString store = m_fleet->services()->secrets ? m_fleet->services()->secrets->name() : QString();
        const bool sealed = m_snapshot.journalCheck.authenticated || (m_snapshot.journalCheck.entries == 0 && m_fleet->services()->notes.isEmpty());
        m_taskBar->setKeychain(sealed ? tr("Keychain ready") : tr("No keychain"), sealed, m_fleet->services()->notes.join(QLatin1Char('\n')) + store);
    }
    QStringList problems;
    for (const Error &problem : m_snapshot.problems)
        problems << problem.text();
    const int broken = qMin(connections, int(problems.size()) > 0 ? 1 : 0);
    m_taskBar->setConnections(connections - broken, connections, problems.join(QLatin1Char('\n')));
    m_header->setEnvironment(m_snapshot.workspace, viewer ? tr("read only") : typedName ? tr("writes ask for the name") : tr("writes ask first"), viewer);
    m_header->setUser(currentActor(), workspace::roleName(m_snapshot.role));
}

void MainWindow::showJobs() {
    if (m_jobs)
        m_taskBar->setJobs(m_jobs->jobs());
}

void MainWindow::jobFinished(const QString &id) {
    showJobs();
    const fleet::Job *job = m_jobs->job(id);
    if (m_closing && m_jobs->running() == 0) {
        close();
        return;
    }
    if (!job)
        return;
    if (m_fleet)
        m_fleet->refresh();
    const bool failed = job->state == QLatin1String("failed");
    if (failed && job->error)
        m_toasts->showError(*job->error);
    else if (job->state == QLatin1String("done"))
        m_toasts->show(State::Ok, tr("%1 is done").arg(job->title), {});
    if (m_options.desktop && m_preferences.notifications && !isActiveWindow() && job->state != QLatin1String("cancelled"))
        m_desktop->notify(failed ? tr("%1 failed").arg(job->title) : tr("%1 is done").arg(job->title), job->error ? job->error->what : QString(), failed);
}

void MainWindow::setPreferences(const Preferences &preferences) {
    m_preferences = preferences;
    m_theme.apply(preferences.scheme, preferences.scalePercent);
    if (preferences.utc != timesInUtc()) {
        setTimesInUtc(preferences.utc);
        Q_EMIT m_theme.changed(); // all that has painted a time paints it again
        if (Panel *shown = m_panels.value(m_current); shown && m_hasSnapshot)
            shown->showSnapshot(m_snapshot);
        for (const QString &id : m_panels.keys()) // the others when they are seen
            if (id != m_current)
                m_unfed.insert(id);
    }
    if (m_options.remember)
        if (const auto saved = PreferencesFile::save(m_options.preferencesFile, preferences); !saved)
            m_toasts->showError(saved.error());
}

void MainWindow::resizeEvent(QResizeEvent *event) {
    QMainWindow::resizeEvent(event);
    const bool narrow = width() < m_theme.px(narrowBelow);
    m_rail->setNarrow(narrow);
    m_header->setNarrow(narrow);
    m_taskBar->setNarrow(narrow);
}

bool MainWindow::event(QEvent *event) {
    const bool done = QMainWindow::event(event);
    if (!m_painted && event->type() == QEvent::UpdateRequest) {
        m_painted = true;
        qCInfo(startLog, "first paint after %ld ms of CPU", long(std::clock() * 1000 / CLOCKS_PER_SEC)); // tests/bench reads it
    }
    return done;
}

void MainWindow::closeEvent(QCloseEvent *event) {
    const int running = m_jobs ? m_jobs->running() - int(m_traffic->running()) : 0; // the demo's traffic just ends with the window
    if (running > 0) {
        event->ignore();
        if (m_closing)
            return;
        Danger danger;
        danger.verb = tr("Stop and close");
        danger.effect = tr("%n jobs are running. They write a checkpoint and stop; each can go on at the next start. Served endpoints keep running.", nullptr, running);
        (new ConfirmSheet(tr("Close Pilothouse?"), danger,
                          [this](const QString &) {
                              m_closing = true;
                              for (const fleet::Job &job : m_jobs->jobs())
                                  m_jobs->cancel(job.id);
                              if (m_jobs->running() == 0)
                                  close();
                          },
                          this))
            ->open();
        return;
    }
    if (m_options.remember) {
        m_session.geometry = saveGeometry();
        m_session.panel = m_current;
        for (auto built = m_panels.begin(); built != m_panels.end(); ++built)
            m_session.keepSizes(built.key(), built.value());
        if (const auto saved = m_session.save(m_options.sessionFile); !saved)
            qWarning("%s", qUtf8Printable(saved.error().text())); // nothing is left to show it in
    }
    QMainWindow::closeEvent(event);
}

} // namespace pilothouse::console
