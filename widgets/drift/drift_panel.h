// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/accuracy_view.h"
#include "core/fleet/drift_days.h"
#include "widgets/base/panel.h"

namespace pilothouse::ui {

class AccuracyChart;
class AccuracyWhyCard;
class Button;
class ExportButton;
class Card;
class PolicyLogModel;
class FeatureModel;
class FilterProxy;
class FoldingChoice;
class HeatMap;
class Label;
class PanelState;
class PlotWidget;
class RuleModel;
class SegmentedControl;
class Table;

/// Drift (board 03): the error over time against its limit, every input against the training data, and the policy's
/// rules with the numbers they saw. openAt() takes a model name.
class DriftPanel : public Panel {
    Q_OBJECT
public:
    explicit DriftPanel(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    QStringList path() const override { return {title()}; }
    QString subject() const override { return m_model.isEmpty() ? title() : m_model; }
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &) const override { return m_model; }
    QWidget *firstFocus() override;

protected:
    void keyPressEvent(QKeyEvent *event) override; ///< Esc leads back to the features
    void resizeEvent(QResizeEvent *event) override;

private:
    void addActions();
    QWidget *buildPolicy();
    void showModel();
    void showQuality(const fleet::ModelRow &row);
    void addAccuracyActions();
    void addEndpointPolicyActions();
    void addDayExport();
    fleet::AccuracyAsk accuracyAsk(const fleet::ModelRow &row) const;
    void readAccuracy(const fleet::ModelRow &row);
    void showAccuracy(const fleet::ModelRow &row);
    bool viewIsOf(const QString &model) const; ///< its accuracy was read and stands in m_view
    void askWhy(const QString &model);
    void closeWhy();
    void showFeatures(const fleet::ModelRow &row);
    void showDistribution();
    void readDays(const fleet::ModelRow &row);
    void showDays(const Result<fleet::DriftDays> &days);
    void showLower();
    QString summary(const fleet::ModelRow &m) const;
    void layoutForSize();
    void layoutPolicy();
    void showPolicy(const fleet::ModelRow &row);
    const fleet::ModelRow *row(const QString &model) const;

    fleet::Snapshot m_snapshot;
    QString m_model;
    PanelState *m_state;
    FoldingChoice *m_choice;
    Card *m_qualityCard, *m_featuresCard, *m_distributionCard, *m_daysCard, *m_policyCard, *m_logCard;
    PlotWidget *m_distribution;
    AccuracyChart *m_accuracy;
    AccuracyWhyCard *m_why;
    std::optional<fleet::AccuracyView> m_view; ///< of m_viewOf
    QString m_viewOf, m_readingOf;             ///< model, metric, step, slice
    qint64 m_readAt = 0;                       ///< for how many labels, and in which five minutes, the log was read
    Task<fleet::AccuracyView> m_readingAccuracy;
    Task<fleet::AccuracyWhy> m_asking;
    QString m_askedWhy; ///< of which model
    std::optional<fleet::AccuracyWhy> m_toldWhy; ///< of m_askedWhy, as shown
    HeatMap *m_days;
    SegmentedControl *m_lower; ///< which of the two lower cards is seen where there is no room for both
    Task<fleet::DriftDays> m_readingDays;
    std::vector<QString> m_dayColumns;
    std::shared_ptr<const fleet::DriftDays> m_dayValues; ///< as drawn
    ExportButton *m_saveDays = nullptr;
    QString m_daysOf; ///< model, version and hour that the days were read of
    FeatureModel *m_features;
    FilterProxy *m_sorted;
    Table *m_table;
    Label *m_summary, *m_reason, *m_next;
    RuleModel *m_rules;
    PolicyLogModel *m_decisions;
    Button *m_report, *m_editPolicy;
    std::vector<Button *> m_buttons;
    QWidget *m_side = nullptr, *m_ruleTable = nullptr;
};

} // namespace pilothouse::ui
