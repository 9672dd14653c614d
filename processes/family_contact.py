"""Contact with a child in care that the authority refuses, for a few days, without an order."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

FAMILY_CONTACT = Process(
    name="family_contact",
    title="Family contact refused",
    version="1",
    words=(
        "In urgency an authority may refuse a child in care contact with the family for a few days without asking the "
        "court. Then contact goes on, or the court has ordered otherwise. One episode for each refusal."
    ),
    states=(
        State("refused", "contact is refused without an order"),
        State("resumed", "contact has been resumed", final=True),
        State("ordered", "the court has ordered what is to happen about contact", final=True),
    ),
    moves=(
        Move("FamilyContactRefused", when=(NOT_BEGUN,), to="refused"),
        Move("FamilyContactResumed", when=("refused",), to="resumed"),
        Move("FamilyContactResumed", when=("ordered",)),
        Move("FamilyContactOrderMade", when=("refused", "resumed"), to="ordered"),
    ),
    fields={
        "FamilyContactRefused": (Field("with"), Field("reason"), Field("follows")),
        "FamilyContactOrderMade": (Field("outcome"),),
    },
)
