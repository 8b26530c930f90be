// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/why.h"
#include "widgets/base/card.h"
#include "widgets/base/panel.h"

#include <QTimer>

#include <atomic>
#include <memory>
#include <optional>

namespace pilothouse::ui {

class Button;
class ContributionModel;
class SegmentedControl;
class Table;

/// "Why this answer?": what each input adds to the answer of the row in the form, as bars that are a table, with a sentence. Asked for
/// when wanted (a model that cannot say it itself is asked thousands of rows), on this machine or at the endpoint; stale when the row is
/// changed afterwards. Its commands (whatif.why, .whyStop, .whyCopy, .whySave) belong to the panel named.
class WhyCard : public Card {
    Q_OBJECT
public:
    WhyCard(const PanelContext &context, const QString &panel, QWidget *parent = nullptr);
    ~WhyCard() override;
    /// The row as it is set now; nullopt: there is none.
    void setQuestion(std::optional<fleet::WhyQuestion> question);
    void setUnit(const QString &unit) { m_unit = unit; }
    void showExplanation(const explain::Explanation &explanation, bool byEndpoint);
    void showFailure(const Error &error);
    ScreenState::Kind shown() const { return m_screen->kind(); }

private:
    struct Progress { ///< written by the waiting thread, read by the ticks
        std::atomic<int> permille{0};
    };
    void addActions(const QString &panel);
    void ask();
    void savePicture();
    void refreshButtons();
    void showEmpty();
    QString sourceName(bool byEndpoint) const;

    PanelContext m_context;
    std::optional<fleet::WhyQuestion> m_question;
    std::optional<explain::Explanation> m_explanation;
    std::vector<fleet::WhatIfValue> m_explainedRow;
    QDateTime m_explainedAt;
    QString m_unit;
    Task<explain::Explanation> m_asking;
    Task<bool> m_saving;
    quint64 m_asked = 0;
    std::shared_ptr<Progress> m_seen;
    QTimer m_tick;
    std::vector<Button *> m_buttons;
    Button *m_ask, *m_stop;
    PanelState *m_screen;
    SegmentedControl *m_where;
    Label *m_sentence, *m_progress;
    Table *m_table;
    ContributionModel *m_model;
};

} // namespace pilothouse::ui
