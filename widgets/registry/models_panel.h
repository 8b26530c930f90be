// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/promotion/promotion.h"
#include "widgets/base/panel.h"

#include <QHash>

class QStackedWidget;

namespace pilothouse::ui {

class Button;
class Card;
class CompareModel;
class CompareView;
class EnvironmentsView;
class FilterEdit;
class FilterProxy;
class HistoryView;
class KeyValues;
class Label;
class List;
class ModelListModel;
class PanelState;
class PromotionSheet;
class RunsPage;
class Table;
class VersionModel;

/// Models, their versions, the evidence sheet of a promotion, and the runs of a registry. openAt() takes a model name, a request id ("p-…"),
/// "run/" or "run/ID", "version/MODEL/N" (chosen when it is there), "environments/".
class ModelsPanel : public Panel {
    Q_OBJECT
public:
    explicit ModelsPanel(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    QStringList path() const override;
    QString subject() const override;
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &actionId) const override;
    QWidget *firstFocus() override;
    RunsPage *runsPage(); ///< built when it is first wanted

private:
    QWidget *buildList();
    QWidget *buildModel();
    void closeSheet();
    void addActions(); ///< this and what follows: models_actions.cpp
    void lookAtFile();
    void showModel(); ///< this and what follows: models_versions.cpp
    void showVersionActions();
    void addCompare(); ///< this and what follows: models_compare.cpp
    QStringList comparable(const QString &model) const; ///< ids of the runs that its versions come from, newest first
    void openCompare(const QString &model);
    const registry::Run *runOf(int version) const;
    void showCompare();
    void showTogether(const QString &connection, const QStringList &runIds);
    bool compareIsShown() const;
    void addDecisions(); ///< this and what follows: models_promotion.cpp
    void startEvidence(const QString &model, const QString &version, const QString &environment = {}); ///< environment: it is copied into it first
    QString modelOf(const QString &requestId) const;
    QString connectionOf(const QString &requestId) const;
    WriteGate gateOf(const char *kind, const QString &model, const QString &connection = {}) const; ///< connection: of one that the workspace does not declare
    /// Runs a decision on the pool and says how it ended, with the way back.
    void decide(const QString &what, const QString &requestId, std::function<Result<promotion::Request>(promotion::Promotions &)> body);
    void repeatSheet();
    const promotion::Request *request(const QString &id) const;
    void showSheet(const QString &requestId);
    bool sheetIsShown() const;
    void showRuns(const QString &runId); ///< this and what follows: models_runs.cpp
    bool runsAreShown() const;
    void addHistory(); ///< this and what follows: models_history.cpp
    void openHistory(const QString &model);
    void showHistory();
    bool onHistory() const;
    QString chosenPromotion() const;
    QWidget *historyFocus() const;
    void addEnvironments(); ///< this and what follows: models_environments.cpp
    void openEnvironments();
    void showEnvironments();
    bool onEnvironments() const;
    QString environmentArgument(const QString &actionId) const;
    QWidget *environmentsFocus() const;

    fleet::Snapshot m_snapshot;
    QString m_model, m_request, m_wantedRequest, m_wantedVersion, m_evidenceJob;
    QHash<QString, Task<promotion::Request>> m_tasks;
    PanelState *m_state;
    QStackedWidget *m_pages;
    ModelListModel *m_models;
    FilterProxy *m_filter;
    List *m_list;
    Card *m_listCard = nullptr, *m_head = nullptr, *m_versionsCard = nullptr, *m_compareCard = nullptr;
    KeyValues *m_facts = nullptr;
    VersionModel *m_versions = nullptr;
    CompareModel *m_compare = nullptr;
    Table *m_table = nullptr;
    Button *m_promote = nullptr, *m_review = nullptr, *m_train = nullptr, *m_explain = nullptr;
    PromotionSheet *m_sheet = nullptr;
    RunsPage *m_runs = nullptr;
    CompareView *m_together = nullptr; ///< runs beside each other
    bool m_fromRuns = false;           ///< they were marked on the runs page
    HistoryView *m_history = nullptr;
    EnvironmentsView *m_environments = nullptr;
    qint64 m_historySeen = 0; ///< newest journal line that the history was read with
};

} // namespace pilothouse::ui
