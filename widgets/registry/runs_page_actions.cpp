// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/runs_page.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/export.h"
#include "widgets/base/field.h"
#include "widgets/base/run_verb.h"
#include "widgets/base/toast.h"
#include "widgets/base/write_gate.h"
#include "widgets/registry/register_sheet.h"
#include "widgets/registry/run_column_chooser.h"
#include "widgets/registry/run_filter_edit.h"
#include "widgets/registry/run_table.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QWidgetAction>

#include <algorithm>

namespace pilothouse::ui {

using registry::RunColumn;

void RunsPage::addActions() {
    const auto add = [this](const char *id, const QString &text, const QString &icon, const QKeySequence &key, std::function<QString()> blocked, std::function<void()> run) {
        ActionSpec spec;
        spec.id = QLatin1String(id);
        spec.text = text;
        spec.icon = icon;
        spec.section = tr("Commands");
        spec.panel = QStringLiteral("models");
        spec.shortcut = key;
        spec.blocked = [this, blocked](const QString &) { return !isVisible() ? tr("Open the runs first.") : blocked ? blocked() : QString(); };
        spec.run = [run](const QString &, const QString &) { run(); };
        actions().add(spec);
    };
    add("registry.runsCompare", tr("Compare the marked runs"), QStringLiteral("swap"), QKeySequence(Qt::Key_C),
        [this] { return m_model->marked().size() < 2 ? tr("Mark two to %1 runs: Space.").arg(RunTableModel::mostMarked) : QString(); }, [this] { Q_EMIT compareRequested(m_model->marked()); });
    add("registry.runsUnmark", tr("Take all marks away"), QStringLiteral("minus"), {}, [this] { return m_model->marked().isEmpty() ? tr("No run is marked.") : QString(); }, [this] { m_model->clearMarks(); });
    add("registry.runsColumns", tr("Choose columns of the runs"), QStringLiteral("grid"), {}, {}, [this] { chooseColumns(); });
    add("registry.runsViews", tr("Saved views of the runs"), QStringLiteral("eye"), {}, {}, [this] { openViews(); });
    add("registry.runsRead", tr("Read all runs again"), QStringLiteral("refresh"), {}, [this] { return m_feed ? QString() : tr("No workspace is open."); }, [this] { m_feed->refresh(); });
    addRegister();
    Export give;
    give.what = tr("the runs");
    give.name = [this] { return QStringLiteral("runs-") + m_shown.source; };
    give.csv = [this]() -> ExportBytes {
        QHash<QString, double> known; // figures live in this thread
        for (const RunColumn &column : m_model->runColumns())
            if (column.needsHistory() && m_feed)
                for (int row = 0; row < m_model->rowCount(); ++row)
                    if (const auto figure = m_feed->figure(m_model->run(row).id, column))
                        known.insert(column.name() + QLatin1Char(' ') + m_model->run(row).id, *figure);
        return [runs = m_model->runs(), rows = m_model->shown(), columns = m_model->runColumns(), at = now(), known] {
            return runsCsv(*runs, rows, columns, at, [&](const QString &id, const RunColumn &column) {
                const auto found = known.constFind(column.name() + QLatin1Char(' ') + id);
                return found == known.constEnd() ? std::nullopt : std::optional(*found);
            });
        };
    };
    give.png = [this] { return pngOf(*m_table); };
    give.blocked = [this] { return m_model->rowCount() > 0 ? QString() : tr("No run is shown."); };
    addExport(m_context, this, QStringLiteral("models"), QStringLiteral("registry.runs"), give);
}

/// From a run to a version: the sheet asks what and as what, the second command registers it, so that its gate knows the model.
void RunsPage::addRegister() {
    ActionSpec open;
    open.id = QStringLiteral("registry.runRegister");
    open.text = tr("Register a version from the chosen run…");
    open.icon = QStringLiteral("plus");
    open.section = tr("Commands");
    open.panel = QStringLiteral("models");
    open.shortcut = QKeySequence(Qt::Key_V);
    open.blocked = [this](const QString &) {
        return !isVisible() ? tr("Open the runs first.") : m_table->currentId().isEmpty() ? tr("Choose a run first.") : !m_context.fleet ? tr("No workspace is open.") : QString();
    };
    open.run = [this](const QString &, const QString &) { openRegister(m_table->currentId()); };
    actions().add(open);
    ActionSpec write;
    write.id = QStringLiteral("registry.registerRun");
    write.text = tr("Register");
    write.icon = QStringLiteral("plus");
    write.section = tr("Commands");
    write.inPalette = false; // it stands in the sheet only
    write.blocked = [this](const QString &) { return m_sheet ? m_sheet->lacking() : tr("Open the runs first."); };
    write.gate = [this](const QString &model) { return writeGate(m_context, "register", QStringLiteral("model ") + model, {m_sheet ? m_sheet->connectionName() : QString()}); };
    write.run = [this](const QString &, const QString &) {
        if (m_sheet)
            m_sheet->registerIt();
    };
    actions().add(write);
    ActionSpec back;
    back.id = QStringLiteral("registry.undoRegister");
    back.text = tr("Undo the registration");
    back.icon = QStringLiteral("undo");
    back.section = tr("Commands");
    back.inPalette = false; // it stands in the notice; later it is undone from the journal
    back.blocked = [this](const QString &operation) { return m_undoable.contains(operation) ? QString() : tr("It is undone from the journal."); };
    back.gate = [this](const QString &operation) {
        const registry::ModelKey made = m_undoable.value(operation);
        return writeGate(m_context, "delete-version", QStringLiteral("model ") + made.name, {made.connection});
    };
    back.run = [this](const QString &operation, const QString &) {
        runVerb(m_context, this, tr("Undo %1").arg(operation), m_undoable.value(operation).name, {QStringLiteral("undo"), operation}, tr("The registration is undone"));
    };
    actions().add(back);
}

void RunsPage::openRegister(const QString &runId) {
    const int row = m_model->rowOf(runId);
    if (row < 0 || m_sheet)
        return;
    const QString connection = m_shown.connection;
    m_sheet = new RegisterSheet(m_context, connection, m_model->run(row), this);
    connect(m_sheet, &RegisterSheet::registered, this, [this, connection, run = m_model->run(row)](const QString &model, int version, const QString &operation) {
        m_undoable.insert(operation, {connection, model});
        if (m_context.toasts)
            m_context.toasts->show(State::Ok, tr("%1 v%2 is registered").arg(model).arg(version), tr("From run %1.").arg(run.name.isEmpty() ? run.id.left(8) : run.name), tr("Undo"),
                                   [actions = m_context.actions, operation] { actions->trigger(QStringLiteral("registry.undoRegister"), operation); });
        Q_EMIT registered(connection, model, version);
    });
    m_sheet->open();
}

/// "t2m v3, t2m v4": what the fleet knows of.
QString RunsPage::versionsOf(const QString &runId) const {
    QStringList out;
    if (m_context.fleet)
        for (const registry::Version &version : m_context.fleet->snapshot().versions)
            if (version.runId == runId)
                out << QStringLiteral("%1 v%2").arg(version.model).arg(version.version);
    return out.join(QStringLiteral(", "));
}

/// As a spreadsheet takes it: a line a run, tabs between.
void RunsPage::copyRows() {
    std::vector<int> rows;
    for (int row = 0; row < m_model->rowCount(); ++row)
        if (m_model->marked().isEmpty() ? m_model->run(row).id == m_table->currentId() : m_model->isMarked(m_model->run(row).id))
            rows.push_back(row);
    if (rows.empty())
        return;
    QStringList lines;
    for (const int row : rows) {
        QStringList values;
        for (int column = 1; column < m_model->columnCount(); ++column)
            values << m_model->index(row, column).data().toString();
        lines << values.join(QLatin1Char('\t'));
    }
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void RunsPage::chooseColumns() {
    if (!m_chooser) {
        m_chooser = new RunColumnChooser(this);
        connect(m_chooser, &RunColumnChooser::chosenChanged, this, [this](const std::vector<RunColumn> &columns) {
            m_ownColumns = true;
            setColumns(columns);
        });
    }
    m_chooser->open(m_model->runColumns(), *m_shown.vocabulary, m_columns->mapToGlobal(QPoint(m_columns->width(), m_columns->height())));
}

SavedView RunsPage::view(const QString &name) const {
    SavedView view{name, m_filter->text(), {}, m_model->order().by ? m_model->order().by->name() : QString(), m_model->order().descending};
    for (const RunColumn &column : m_model->runColumns())
        view.columns << column.name();
    return view;
}

void RunsPage::setView(const SavedView &view) {
    std::vector<RunColumn> columns;
    for (const QString &name : view.columns) // one that this version does not know is left out
        if (const auto column = registry::runColumn(name))
            columns.push_back(*column);
    m_ownColumns = !columns.empty();
    setColumns(m_ownColumns ? std::move(columns) : registry::usualColumns(*m_shown.runs));
    const auto by = view.sort.isEmpty() ? Result<RunColumn>(invalid({})) : registry::runColumn(view.sort);
    m_model->setOrder({by ? std::optional(*by) : std::nullopt, view.descending});
    syncSort();
    m_filter->setText(view.filter);
    m_filter->judge();
    m_view = view.name;
    m_views->setWords(m_view.isEmpty() ? tr("Views") : m_view);
}

void RunsPage::saveView(const QString &name) {
    if (name.trimmed().isEmpty() || !m_context.preferences || !m_context.setPreferences)
        return;
    Preferences preferences = m_context.preferences();
    preferences.runViews.removeIf([&](const SavedView &v) { return v.name == name.trimmed(); });
    preferences.runViews << view(name.trimmed());
    std::sort(preferences.runViews.begin(), preferences.runViews.end(), [](const SavedView &a, const SavedView &b) { return a.name.compare(b.name, Qt::CaseInsensitive) < 0; });
    m_context.setPreferences(preferences);
    m_view = name.trimmed();
    m_views->setWords(m_view);
}

void RunsPage::removeView(const QString &name) {
    Preferences preferences = m_context.preferences();
    QList<SavedView> before = preferences.runViews;
    preferences.runViews.removeIf([&](const SavedView &v) { return v.name == name; });
    m_context.setPreferences(preferences);
    m_view.clear();
    m_views->setWords(tr("Views"));
    if (m_context.toasts)
        m_context.toasts->show(State::Ok, tr("View removed"), name, tr("Undo"), [context = m_context, before] {
            Preferences again = context.preferences();
            again.runViews = before;
            context.setPreferences(again);
        });
}

void RunsPage::openViews() {
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("runViewsMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("All runs, usual columns")), &QAction::triggered, this, [this] { setView({}); });
    const QList<SavedView> views = m_context.preferences ? m_context.preferences().runViews : QList<SavedView>();
    if (!views.isEmpty())
        menu->addSeparator();
    for (const SavedView &saved : views) {
        QAction *action = menu->addAction(saved.name);
        action->setToolTip(saved.filter);
        connect(action, &QAction::triggered, this, [this, saved] { setView(saved); });
    }
    menu->addSeparator();
    auto *name = new QLineEdit(m_view);
    name->setObjectName(QStringLiteral("runViewName"));
    name->setPlaceholderText(tr("Save as…, Enter"));
    name->setAccessibleName(tr("Name of the view that is saved"));
    auto *save = new QWidgetAction(menu);
    save->setDefaultWidget(name);
    menu->addAction(save);
    connect(name, &QLineEdit::returnPressed, this, [this, name, menu = QPointer<QMenu>(menu)] {
        saveView(name->text());
        if (menu)
            menu->close();
    });
    if (std::any_of(views.begin(), views.end(), [this](const SavedView &v) { return v.name == m_view; }))
        connect(menu->addAction(tr("Remove “%1”").arg(m_view)), &QAction::triggered, this, [this, gone = m_view] { removeView(gone); });
    menu->popup(m_views->mapToGlobal(QPoint(0, m_views->height())));
}

} // namespace pilothouse::ui
