// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/argo_actions.h"
#include "core/fleet/canary_follow.h"
#include "widgets/base/panel.h"

#include <QMap>

class QGridLayout;
class QVBoxLayout;

namespace pilothouse::ui {

class Button;
class CanaryLadder;
class Card;
class Choice;
class Label;
class MetricTile;
class StateBadge;
class TrafficBar;

/// The canary of an Argo Rollout or a KServe InferenceService: steps, traffic, what the judge says, the measurements of its analyses with their limits, and what
/// can be done to it. Live while it is to be seen. Its actions are rollout.argo-promote, -full, -skip, -abort, -retry, -undo and rollout.kserve-share, -promote,
/// -abort; their argument is argument(), for -undo with "|REVISION", for -share with "|PERCENT"; of one canary among several with its name behind ("||NAME", "|PERCENT|NAME"). One in a window: the actions are those of the newest card.
class ArgoCard : public QWidget {
    Q_OBJECT
public:
    explicit ArgoCard(const PanelContext &context, QWidget *parent = nullptr);
    /// True for the kinds that it shows.
    static bool shows(const cluster::KubeRef &ref);
    /// @param watches  of the panel, to share its streams; null: its own
    void showWorkload(std::shared_ptr<cluster::KubeApi> api, const QString &connection, const cluster::KubeRef &ref, std::shared_ptr<cluster::KubeWatches> watches = {});
    void clear();
    /// Requests that were seen, by side: what WorkloadCharts counts. Written beside the wanted split; empty: not known.
    void setSeenShares(const QMap<QString, double> &shares);
    QString argument() const; ///< "lab|rollout|ml|web"; empty: nothing is shown
    const fleet::CanaryFollow *follow() const { return m_follow; }

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    struct Act;
    struct Plan;
    static const std::vector<Act> &acts();
    void addActions();
    Result<Plan> planOf(const Act &act, const QString &argument) const;
    QString whyNot(const Act &act, const QString &argument) const;
    void run(const Act &act, const QString &argument, const QString &comment);
    QWidget *buildHead();
    QWidget *buildButtons();
    void render();
    void showArgo(const fleet::CanaryReading &reading);
    void showKserve(const fleet::CanaryReading &reading);
    void showMetrics(const std::vector<cluster::ArgoAnalysis> &analyses);
    void showButtons();
    QDateTime now() const;

    PanelContext m_context;
    fleet::CanaryFollow *m_follow = nullptr;
    QMap<QString, double> m_seen;
    Card *m_card;
    StateBadge *m_badge;
    CanaryLadder *m_ladder;
    TrafficBar *m_traffic;
    Label *m_message, *m_verdict, *m_next;
    Choice *m_revision, *m_percent, *m_canary;
    std::vector<Button *> m_buttons;
    QWidget *m_metrics;
    QVBoxLayout *m_metricColumn;
    QString m_metricShape; ///< runs and metrics that the tiles are for
    std::vector<Label *> m_runLabels;
    std::vector<MetricTile *> m_tiles;
};

} // namespace pilothouse::ui
