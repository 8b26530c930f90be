// SPDX-License-Identifier: GPL-3.0-or-later
// The window's own commands, the palette's contents and the first-start screen; main_window.cpp wires the rest.
#include "app/console/command_palette.h"
#include "app/console/first_start.h"
#include "app/console/header_bar.h"
#include "app/console/key_sheet.h"
#include "app/console/main_window.h"
#include "app/console/template_sheet.h"
#include "core/base/file.h"
#include "widgets/base/confirm.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/key_boxes.h"
#include "widgets/base/panel_state.h"
#include "widgets/base/toast.h"

#include <QApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QStackedWidget>

namespace pilothouse::console {

using namespace ui;

void MainWindow::addActions() {
    const auto add = [this](const char *id, const QString &text, const char *icon, const QKeySequence &key, std::function<void()> run) {
        ActionSpec spec;
        spec.id = QLatin1String(id);
        spec.text = text;
        spec.icon = QLatin1String(icon);
        spec.shortcut = key;
        spec.section = tr("Commands");
        spec.run = [run = std::move(run)](const QString &, const QString &) { run(); };
        m_actions->add(std::move(spec));
    };
    add("window.palette", tr("Search or run a command"), "search", QKeySequence(Qt::CTRL | Qt::Key_K), [this] { openPalette(); });
    add("window.keys", tr("Show the keys"), "help", QKeySequence(Qt::Key_Question), [this] { (new KeySheet(*m_actions, m_entries, this))->open(); });
    add("window.refresh", tr("Refresh in place"), "refresh", QKeySequence(Qt::Key_F5), [this] {
        if (m_fleet)
            m_fleet->refresh();
    });
    add("registry.sync", tr("Send trainings that wait for a registry"), "play", {}, [this] {
        if (m_jobs)
            m_jobs->start(tr("Send waiting trainings"), {}, {QStringLiteral("registry"), QStringLiteral("sync")});
    });
    add("window.undo", tr("Undo from the notice"), "undo", QKeySequence(Qt::CTRL | Qt::Key_Z), [this] {
        if (!m_toasts->undoLast())
            m_toasts->show(State::Waiting, tr("Nothing to undo here"), tr("An executed promotion is undone from its model."));
    });
    add("window.filter", tr("Filter"), "filter", QKeySequence(Qt::Key_Slash), [this] {
        for (auto *filter : m_stack->currentWidget()->findChildren<FilterEdit *>())
            if (filter->isVisible()) { // a panel may have pages
                filter->setFocus();
                return filter->selectAll();
            }
    });
    add("window.theme", tr("Switch between dark and light"), "eye", {}, [this] {
        Preferences changed = m_preferences;
        changed.scheme = m_theme.dark() ? SchemeChoice::Light : SchemeChoice::Dark;
        setPreferences(changed);
    });
    add("window.utc", tr("Switch between local time and UTC"), "clock", {}, [this] {
        Preferences changed = m_preferences;
        changed.utc = !changed.utc;
        setPreferences(changed);
    });
    add("window.larger", tr("Larger text"), "plus", QKeySequence(Qt::CTRL | Qt::Key_Plus), [this] {
        Preferences changed = m_preferences;
        changed.scalePercent = qMin(150, changed.scalePercent + 10);
        setPreferences(changed);
    });
    add("window.smaller", tr("Smaller text"), "minus", QKeySequence(Qt::CTRL | Qt::Key_Minus), [this] {
        Preferences changed = m_preferences;
        changed.scalePercent = qMax(90, changed.scalePercent - 10);
        setPreferences(changed);
    });
    add("workspace.open", tr("Open a workspace file…"), "folder", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), [this] { chooseWorkspace(); });
    add("workspace.new", tr("New workspace from a template…"), "folder", {}, [this] { newFromTemplate(); });
    add("workspace.reload", tr("Read the workspace file again"), "refresh", {}, [this] { m_workspace->reload(); });
    add("journal.export", tr("Export the journal…"), "export", QKeySequence(Qt::CTRL | Qt::Key_E), [this] { exportJournal(); });
    add("window.welcome", tr("Show the first-start screen"), "info", {}, [this] { showWelcome(); });
    add("window.quit", tr("Quit"), "cross", QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
}

void MainWindow::addGoActions() {
    int number = 1;
    for (const PanelEntry &entry : m_entries) {
        ActionSpec spec;
        spec.id = QStringLiteral("go.") + entry.id;
        spec.text = tr("Go to %1").arg(entry.title);
        spec.icon = entry.icon;
        spec.section = tr("Go to");
        spec.shortcut = QKeySequence(QStringLiteral("G, ") + entry.key);
        spec.run = [this, id = entry.id](const QString &argument, const QString &) { open(id, argument.isEmpty() ? QString() : argument); };
        m_actions->add(spec);
        if (number > 9)
            continue;
        ActionSpec digit = spec;
        digit.id = QStringLiteral("go.") + QString::number(number);
        digit.shortcut = QKeySequence(QStringLiteral("Ctrl+%1").arg(number++));
        digit.inPalette = false;
        m_actions->add(digit);
    }
}

std::vector<PaletteItem> MainWindow::paletteItems() {
    std::vector<PaletteItem> items;
    for (const fleet::InboxItem &waiting : m_snapshot.inbox)
        if (waiting.group != fleet::InboxGroup::Handled)
            items.push_back({tr("Needs you now"), waiting.title, waiting.sentence, {}, stateOf(waiting.state), {}, {}, {},
                             [this, waiting] { m_actions->trigger(waiting.action, waiting.argument); }});
    const auto command = [&](const ActionSpec &spec, const QString &argument, const QString &text, const QString &detail) {
        items.push_back({spec.section.isEmpty() ? tr("Commands") : spec.section, text, detail, spec.icon, State::None, keyWords(spec.shortcut),
                         m_actions->blocked(spec.id, argument), QLatin1Char('>'), [this, id = spec.id, argument] { m_actions->trigger(id, argument); }});
    };
    for (const PanelEntry &entry : m_entries)
        panel(entry.id); // a command nobody can find does not exist: the palette knows all panels
    for (const ActionSpec &spec : m_actions->all()) {
        if (!spec.inPalette || spec.id.startsWith(QLatin1String("go.")) || spec.id == QLatin1String("window.palette"))
            continue;
        if (spec.targets) {
            for (const ActionTarget &target : spec.targets())
                command(spec, target.argument, target.text, target.detail);
            continue;
        }
        const Panel *shown = m_panels.value(m_current);
        const QString argument = shown && spec.panel == m_current ? shown->currentArgument(spec.id) : QString();
        const auto home = std::find_if(m_entries.begin(), m_entries.end(), [&](const PanelEntry &entry) { return entry.id == spec.panel; });
        command(spec, argument, m_actions->label(spec.id), home == m_entries.end() ? QString() : home->title);
    }
    const auto goTo = [&](const QString &text, const QString &detail, const QString &icon, const QStringList &keys, QChar prefix, const QString &panelId, const QString &argument) {
        items.push_back({tr("Go to"), text, detail, icon, State::None, keys, {}, prefix, [this, panelId, argument] { open(panelId, argument); }});
    };
    for (const PanelEntry &entry : m_entries)
        goTo(entry.title, tr("screen"), entry.icon, {QStringLiteral("G"), entry.key}, {}, entry.id, QString());
    for (const fleet::ModelRow &row : m_snapshot.models) {
        goTo(row.name, row.liveVersion ? tr("model, champion v%1").arg(*row.liveVersion) : tr("model, nothing live"), QStringLiteral("models"), {}, {}, QStringLiteral("models"), row.name);
        if (row.rollout)
            goTo(row.name, tr("rollout, %1").arg(rolloutWord(row.rollout->phase)), QStringLiteral("rollouts"), {}, QLatin1Char('@'), QStringLiteral("rollouts"), row.name);
    }
    for (const pipelines::PipelineRun &run : m_snapshot.pipelineRuns)
        goTo(QStringLiteral("%1 #%2").arg(run.pipeline, run.id), tr("run, %1").arg(pipelineWord(run.state)), QStringLiteral("pipelines"), {}, QLatin1Char('#'), QStringLiteral("pipelines"), run.id);
    return items;
}

void MainWindow::openPalette(const QString &text) { m_palette->open(paletteItems(), text); }

void MainWindow::showWelcome() {
    if (!m_welcome) {
        m_welcome = new FirstStart(m_stack);
        m_stack->addWidget(m_welcome);
        connect(m_welcome, &FirstStart::demoWanted, this, [this] {
            m_session.welcomed = true;
            m_welcome->hide();
            open(QStringLiteral("overview"));
        });
        connect(m_welcome, &FirstStart::connectWanted, this, [this](const QString &what) {
            m_session.welcomed = true;
            open(QStringLiteral("connections"), what);
        });
        connect(m_welcome, &FirstStart::workspaceWanted, this, &MainWindow::chooseWorkspace);
        connect(m_welcome, &FirstStart::templateWanted, this, &MainWindow::newFromTemplate);
    }
    m_welcome->setDemo(QFileInfo(m_workspace->file()).absolutePath(), m_workspace->services() != nullptr);
    bringUp(m_welcome);
    m_welcome->setFocus();
    showHeader();
}

void MainWindow::exportJournal() {
    if (!m_fleet)
        return m_toasts->show(State::Warn, tr("Not done"), tr("No workspace is open."));
    auto *dialog = new QFileDialog(this, tr("Export the journal"), QStringLiteral("journal-%1.jsonl").arg(m_snapshot.workspace), tr("JSON lines (*.jsonl)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) {
        // The lines as they are, so that whoever gets the file can check the chain.
        const auto copied = startTask<qint64>(m_pools.waiting, [from = m_fleet->services()->journal->file(), file](std::stop_token) -> Result<qint64> {
            PH_ASSIGN(const QByteArray lines, readFile(from));
            PH_TRY(writeFileAtomically(file, lines));
            return qint64(lines.count('\n'));
        });
        deliver(copied, this, [this, file](const Result<qint64> &lines) {
            if (lines)
                m_toasts->show(State::Ok, tr("%n entries exported", nullptr, int(*lines)), file);
            else
                m_toasts->showError(lines.error());
        });
    });
    dialog->open();
}

void MainWindow::chooseWorkspace() {
    auto *dialog = new QFileDialog(this, tr("Open a workspace"), QFileInfo(m_workspace->file()).absolutePath(), tr("Workspace (*.yaml *.yml)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) {
        m_session.welcomed = true;
        m_workspace->open(file);
    });
    dialog->open();
}

void MainWindow::newFromTemplate() {
    auto *sheet = new TemplateSheet(templateCallsOf(m_pools.waiting), this);
    connect(sheet, &TemplateSheet::created, this, [this](const QString &file) {
        m_session.welcomed = true;
        m_workspace->open(file);
    });
    sheet->open();
}

} // namespace pilothouse::console
