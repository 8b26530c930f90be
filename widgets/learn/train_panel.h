// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

namespace pilothouse::ui {

class Button;
class Card;
class FilterProxy;
class FindingModel;
class RecipeForm;
class RunModel;
class RunView;
class SearchCard;
class Table;
class CompareModel;

/// Train (board 04): recipe left; the running job, its curves and log, the runs and their comparison right.
/// openAt() takes a model name.
class TrainPanel : public Panel {
    Q_OBJECT
public:
    explicit TrainPanel(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    QString subject() const override;
    QStringList path() const override;
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &actionId) const override;
    RecipeForm *form() const { return m_form; }

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void addActions();
    void addResumeAction();
    void addReportAction();
    QWidget *buildRuns();
    void showRuns();
    void showCompare();
    void showGoOn();
    void showSearch();
    QWidget *buildFindings();
    void showFindings();
    std::vector<const registry::Run *> newestAndChampion(const registry::Run *chosen) const;
    const fleet::Job *shownJob() const;

    fleet::Snapshot m_snapshot;
    QString m_model;
    RecipeForm *m_form = nullptr;
    RunView *m_run = nullptr;
    SearchCard *m_search = nullptr;
    RunModel *m_runs;
    FilterProxy *m_filter;
    Table *m_table;
    Button *m_goOn = nullptr; ///< for the chosen run, if it can go on
    Card *m_runsCard, *m_compareCard, *m_dataCard;
    Button *m_dataReport = nullptr;
    FindingModel *m_findings;
    CompareModel *m_compare;
};

} // namespace pilothouse::ui
