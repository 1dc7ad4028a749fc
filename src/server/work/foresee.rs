//! Predicting on a thread of its own, which keeps the repository open and what it found.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use super::Ground;
use crate::domain::id::AgentName;
use crate::domain::review::Look;
use crate::engine::event::Event;
use crate::git::predict::{Asked, Branch, Predictor, Verdicts, predicting};
use crate::server::waker::Waker;

/// Predictions after which what was kept in memory is given back.
const ROUNDS: usize = 100;

/// One prediction to make.
pub(super) struct Order {
    pub job: u64,
    pub agents: Vec<(AgentName, Look)>,
    pub order: Vec<AgentName>,
}

/// Answers orders until nobody can give one any more.
pub(super) fn serve(ground: &Arc<Ground>, orders: &Receiver<Order>, out: &Sender<Event>, waker: &Waker) {
    let tell = |event| {
        let _ = out.send(event);
        waker.wake();
    };
    let mut verdicts = Verdicts::default();
    while let Ok(order) = orders.recv() {
        let mut next = Some(order);
        // Whatever happens, there is an answer: the next prediction waits for it.
        let job = Cell::new(next.as_ref().map(|o| o.job));
        let round = || {
            predicting(&ground.repository, &mut verdicts, |predictor| {
                for _ in 0..ROUNDS {
                    let Some(order) = next.take().or_else(|| orders.recv().ok()) else { break };
                    job.set(Some(order.job));
                    ground.predict(predictor, &order, &tell);
                    job.set(None);
                }
                Ok(())
            })
        };
        let why = match std::panic::catch_unwind(AssertUnwindSafe(round)) {
            Ok(Ok(())) => continue,
            Ok(Err(e)) => e.to_string(),
            Err(_) => "it panicked; see the server's log".to_owned(),
        };
        if let Some(job) = job.get() {
            tell(Event::Predicted { job, found: Err(why) });
        }
    }
}

impl Ground {
    fn predict(&self, predictor: &mut Predictor<'_>, order: &Order, tell: &dyn Fn(Event)) {
        let branches: Vec<Branch> = order
            .agents
            .iter()
            .filter_map(|(agent, look)| {
                let (pane, branch) = self.branch(agent)?;
                let (worktree, branch) = (pane.worktree.clone(), branch.to_owned());
                Some(Branch { agent: agent.clone(), worktree, branch, look: *look })
            })
            .collect();
        let asked =
            Asked { branches: &branches, target: &self.target, order: &order.order, after: &self.after };
        let job = order.job;
        let mut partly =
            |matrix: &_| tell(Event::Predicted { job, found: Ok(Box::new(Clone::clone(matrix))) });
        let found = predictor.predict(&asked, &mut partly);
        tell(Event::Predicted { job, found: found.map(Box::new).map_err(|e| e.to_string()) });
    }
}
