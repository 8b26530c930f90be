// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/run_feed.h"
#include "widgets/base/panel.h"
#include "widgets/registry/run_table_model.h"

#include <QHash>
#include <QPointer>

namespace pilothouse::ui {

class Button;
class Card;
class Choice;
class CompareModel;
class ExportButton;
class KeyValues;
class Label;
class RegisterSheet;
class RunColumnChooser;
class RunFilterEdit;
class RunTable;
class SegmentedControl;
class Table;

/// The runs of a registry: filter with completion, chosen columns, saved views, marks for a comparison, one run at the side. A function of one
/// RunsState; with services (context.fleet) it feeds itself while it is visible.
class RunsPage : public QWidget {
    Q_OBJECT
public:
    explicit RunsPage(const PanelContext &context, QWidget *parent = nullptr);
    /// The connections to choose from; with one there is no choice.
    void setConnections(const QStringList &names);
    void showState(const fleet::RunsState &state);
    void setFigures(registry::RunFigures figures); ///< of columns over histories; of a page without services
    void choose(const QString &runId);             ///< selects it and shows it at the side; of a run that is not there yet when it comes
    QString currentRun() const;
    QString connectionName() const { return m_shown.local ? QString() : m_shown.connection; } ///< of the registry that is shown; empty: the local one
    QString subject() const; ///< "Runs of lab"
    QWidget *firstFocus() const;
    bool closeSide(); ///< false: it was not open
    /// What is set up now, as a view of that name.
    SavedView view(const QString &name) const;
    void setView(const SavedView &view);

Q_SIGNALS:
    void compareRequested(const QStringList &runIds); ///< 2 … 50, in the order of marking
    void backRequested();                             ///< to the models
    void registered(const QString &connection, const QString &model, int version); ///< a version was made of a run; the registered name
    void subjectChanged();

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void addActions();
    void addRegister();
    void openRegister(const QString &runId);
    QString versionsOf(const QString &runId) const;
    QWidget *buildTools();
    QWidget *buildTable();
    QWidget *buildSide();
    void startFeed();
    void showFilter();
    void showCounts();
    void showMarks();
    void showSide();
    void showNote();
    void wantFigures();
    void copyRows();
    void chooseColumns();
    void openViews();
    void saveView(const QString &name);
    void removeView(const QString &name);
    void setColumns(std::vector<registry::RunColumn> columns);
    void syncSort();
    void keepPlace();
    void restorePlace();
    QDateTime now() const;
    ActionCatalogue &actions() const { return *m_context.actions; }

    PanelContext m_context;
    fleet::RunFeed *m_feed = nullptr; ///< of this page, made when it is first shown
    fleet::RunsState m_shown;
    RunTableModel *m_model;
    RunTable *m_table = nullptr;
    RunFilterEdit *m_filter = nullptr;
    Label *m_note = nullptr; ///< what is wrong with the filter, or what is still read
    Choice *m_connection = nullptr;
    SegmentedControl *m_parts = nullptr;
    Card *m_card = nullptr, *m_side = nullptr;
    Button *m_compare = nullptr, *m_register = nullptr, *m_views = nullptr, *m_columns = nullptr;
    ExportButton *m_save = nullptr;
    RunColumnChooser *m_chooser = nullptr;
    KeyValues *m_facts = nullptr;
    CompareModel *m_values = nullptr;
    QPointer<RegisterSheet> m_sheet; ///< while it is open
    QHash<QString, registry::ModelKey> m_undoable; ///< registrations of this window: operation → what got the version
    QString m_view, m_wanted; ///< the view that was chosen; the run that is waited for
    bool m_ownColumns = false; ///< a person chose them: they stay when more runs come
    struct {
        QString id, current;
        int offset = 0;
        bool top = true;
    } m_place; ///< of the table while rows move
};

} // namespace pilothouse::ui
