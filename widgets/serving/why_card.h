// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/why.h"
#include "widgets/base/card.h"
#include "widgets/base/panel.h"

#include <optional>

namespace pilothouse::ui {

class Button;
class ExplanationView;
class ExportButton;
class SegmentedControl;
class WhyAsker;

/// "Why this answer?": what each input adds to the answer of the row in the form. Asked for when wanted (a model that cannot say it itself is
/// asked thousands of rows), on this machine or at the endpoint; stale when the row is changed afterwards. Its commands (whatif.why, .whyStop,
/// .whyCopy, .whyCsv, .whyPng) belong to the panel named.
class WhyCard : public Card {
    Q_OBJECT
public:
    WhyCard(const PanelContext &context, const QString &panel, QWidget *parent = nullptr);
    /// The row as it is set now; nullopt: there is none.
    void setQuestion(std::optional<fleet::WhyQuestion> question);
    void setUnit(const QString &unit) { m_unit = unit; }
    void showExplanation(const explain::Explanation &explanation, bool byEndpoint);
    void showFailure(const Error &error);
    ScreenState::Kind shown() const { return m_screen->kind(); }

private:
    void addActions(const QString &panel);
    void ask();
    void refreshButtons();
    void showEmpty();
    void showAge();

    PanelContext m_context;
    std::optional<fleet::WhyQuestion> m_question;
    QDateTime m_explainedAt;
    QString m_unit;
    WhyAsker *m_asker;
    std::vector<Button *> m_buttons;
    Button *m_ask, *m_stop, *m_more;
    ExportButton *m_save;
    PanelState *m_screen;
    SegmentedControl *m_where;
    Label *m_progress;
    ExplanationView *m_view;
};

} // namespace pilothouse::ui
