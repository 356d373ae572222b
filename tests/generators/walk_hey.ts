// Lists filtered, sorted and paged with the client that hey-api generates.
import { client } from "./hey/client.gen.js";
import { createContact, listInvoices } from "./hey/sdk.gen.js";

declare const process: { argv: string[] };

const [base, token] = process.argv.slice(2);
client.setConfig({ baseUrl: base, auth: token });

async function walk(): Promise<(string | undefined)[]> {
  const totals: (string | undefined)[] = [];
  let cursor: string | undefined;
  do {
    const { data, error } = await listInvoices({
      query: {
        total: ["gte:20", "lt:60"],
        status: ["draft"],
        sort: ["-total", "oid"],
        limit: 2,
        cursor,
      },
    });
    if (error) throw new Error(`${error.status} ${error.detail}`);
    totals.push(...data.data.map((invoice) => invoice.total));
    cursor = data.pagination.next_cursor ?? undefined;
  } while (cursor);
  return totals;
}

async function page(): Promise<[number | null, string | null]> {
  const { data } = await listInvoices({ query: { page: 2, per_page: 3, count: "exact" } });
  return [data?.pagination.total ?? null, data?.pagination.total_is ?? null];
}

async function refused(): Promise<string | undefined> {
  const { error } = await listInvoices({ query: { total: ["gtee:100"] } });
  return error?.errors[0]?.code;
}

async function made(): Promise<[string | undefined, number | undefined]> {
  const { data, response } = await createContact({
    body: { type: "company", company_name: "Acme", phone: null },
  });
  return [data?.data.company_name ?? undefined, response?.status];
}

console.log(
  JSON.stringify({
    walk: await walk(),
    page: await page(),
    refused: await refused(),
    made: await made(),
  }),
);
