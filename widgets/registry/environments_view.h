// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/environments.h"
#include "widgets/base/panel.h"

class QVBoxLayout;

namespace pilothouse::ui {

class Button;
class Card;
class EnvironmentModels;
class KeyValues;
class PanelState;
class Table;

using EnvironmentChains = std::vector<std::vector<fleet::EnvironmentState>>;

/// The chains of environments, one card each from the first to the last: its role, guard, approvals and gates, what is live in it, and the way into the next. A
/// function of the chains; with services (context.fleet) it reads them itself, on a pool. Going on is the catalogue's promotion.next.
class EnvironmentsView : public QWidget {
    Q_OBJECT
public:
    explicit EnvironmentsView(const PanelContext &context, QWidget *parent = nullptr);
    ~EnvironmentsView() override;
    void setChains(const EnvironmentChains &chains, const QDateTime &read);
    /// Reads anew where something was written since (`newest`: line of the journal) or what is shown is old.
    void refresh(qint64 newest);
    const EnvironmentChains &chains() const { return m_chains; }
    /// Of the card that has the keyboard, else of the first that can go on: as promotion.next takes it.
    QString nextArgument() const;
    QString waiting() const; ///< the promotion that waits for the chosen model there; empty: none
    QWidget *firstFocus();

Q_SIGNALS:
    void openPromotion(const QString &id);

private:
    struct Place { ///< one card
        QString environment;
        Card *card = nullptr;
        KeyValues *rules = nullptr;
        EnvironmentModels *models = nullptr;
        Table *table = nullptr;
        Button *next = nullptr, *review = nullptr;
    };
    void build();
    Place makePlace(const fleet::EnvironmentState &state);
    void showPlace(Place &place, const fleet::EnvironmentState &state);
    void showButtons(const Place &place);
    const fleet::EnvironmentState *stateOf(const QString &environment) const;
    const Place *current() const;
    QString waitingAt(const Place &place) const;

    PanelContext m_context;
    EnvironmentChains m_chains;
    QDateTime m_read;
    qint64 m_newest = -1;
    Task<EnvironmentChains> m_task;
    PanelState *m_state;
    QWidget *m_inner = nullptr;
    QVBoxLayout *m_rows;
    QStringList m_built; ///< the environments that have cards, and how they are chained
    std::vector<Place> m_places;
};

} // namespace pilothouse::ui
